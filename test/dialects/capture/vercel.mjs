/** The AI SDK with either of its telemetry integrations: `legacy` or `genai`. */
import { createOpenAI } from '@ai-sdk/openai';
import { LegacyOpenTelemetry, OpenTelemetry } from '@ai-sdk/otel';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { NodeTracerProvider, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-node';
import {
  embedMany,
  generateText,
  Output,
  registerTelemetry,
  isStepCount,
  streamText,
  tool,
} from 'ai';
import { z } from 'zod';

const provider = new NodeTracerProvider({
  spanProcessors: [new SimpleSpanProcessor(new OTLPTraceExporter())],
});
provider.register();
registerTelemetry(process.argv[2] === 'legacy' ? new LegacyOpenTelemetry() : new OpenTelemetry());

const openai = createOpenAI({ baseURL: process.env.OPENAI_BASE_URL });
const telemetry = {
  isEnabled: true,
  functionId: 'weather-desk',
  metadata: { userId: 'ada', sessionId: 's1', tags: ['demo'] },
};
const common = { telemetry, experimental_telemetry: telemetry };

const answer = await generateText({
  ...common,
  model: openai('gpt-5-mini'),
  system: 'Be brief.',
  prompt: 'What is the weather in Brest?',
  tools: {
    get_weather: tool({
      description: 'Tells the weather',
      inputSchema: z.object({ city: z.string() }),
      execute: async ({ city }) => `rain in ${city}`,
    }),
  },
  stopWhen: isStepCount(3),
});
console.log(answer.text);
const stream = streamText({ ...common, model: openai.chat('gpt-5-mini'), prompt: 'Say hello' });
for await (const _ of stream.textStream);
await generateText({
  ...common,
  model: openai('gpt-5-mini'),
  system: 'You do billing.',
  prompt: 'Please refund A-7',
  output: Output.object({ schema: z.object({ reply: z.string(), resolved: z.boolean() }) }),
}).catch((error) => console.log(error.name));
await embedMany({ ...common, model: openai.embedding('text-embedding-3-small'), values: ['one'] });
await generateText({
  ...common,
  model: openai('fault-500'),
  prompt: 'Fail',
  maxRetries: 0,
}).catch((error) => console.log(error.name));
await provider.shutdown();
