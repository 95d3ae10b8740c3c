import { OpenAIInstrumentation } from '@arizeai/openinference-instrumentation-openai';
import OpenAI from 'openai';
import { run } from './calls.mjs';
import { provider } from './otel.mjs';

const instrumentation = new OpenAIInstrumentation({ tracerProvider: provider });
instrumentation.manuallyInstrument(OpenAI);
await provider.getTracer('desk').startActiveSpan('morning', async (span) => {
  await run(new OpenAI(), new OpenAI({ maxRetries: 0 }), process.argv[2]);
  span.end();
});
await provider.shutdown();
