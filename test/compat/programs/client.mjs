/** The OpenAI client by itself: the hook alone sees it. */
import OpenAI from 'openai';
import { run } from './calls.mjs';

await run(new OpenAI(), new OpenAI({ maxRetries: 0 }), process.argv[2]);
