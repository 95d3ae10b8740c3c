/** The AI SDK 5 with its experimental telemetry. */
import { createOpenAI } from '@ai-sdk/openai';
import { stepCountIs } from 'ai';
import { provider } from './otel.mjs';
import { run } from './vercel_desk.mjs';

const model = createOpenAI({ baseURL: process.env.OPENAI_BASE_URL })('gpt-5-mini');
await run(model, { stopWhen: stepCountIs(3), end: process.argv[2] });
await provider.shutdown();
