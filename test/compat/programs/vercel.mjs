/** The AI SDK 7 with one of its telemetry integrations (`legacy`, `genai`) or a compatible provider. */
import { createOpenAI } from '@ai-sdk/openai';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { LegacyOpenTelemetry, OpenTelemetry } from '@ai-sdk/otel';
import { isStepCount, registerTelemetry } from 'ai';
import { provider } from './otel.mjs';
import { run } from './vercel_desk.mjs';

const [, , form, end] = process.argv;
registerTelemetry(form === 'legacy' ? new LegacyOpenTelemetry() : new OpenTelemetry());
const baseURL = process.env.OPENAI_BASE_URL;
const compatible = createOpenAICompatible({
  ...{ name: 'compatible', baseURL, includeUsage: true, supportsStructuredOutputs: true },
});
const model =
  form === 'compatible' ? compatible('gpt-5-mini') : createOpenAI({ baseURL })('gpt-5-mini');
await run(model, { stopWhen: isStepCount(3), end });
await provider.shutdown();
