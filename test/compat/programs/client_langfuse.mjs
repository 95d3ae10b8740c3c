import { observeOpenAI } from '@langfuse/openai';
import { LangfuseSpanProcessor } from '@langfuse/otel';
import { propagateAttributes, startActiveObservation } from '@langfuse/tracing';
import { NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import OpenAI from 'openai';
import { run } from './calls.mjs';

// As for a server of one's own.
const baseUrl = process.env.OTEL_EXPORTER_OTLP_ENDPOINT;
const provider = new NodeTracerProvider({
  spanProcessors: [new LangfuseSpanProcessor({ baseUrl })],
});
provider.register();
await startActiveObservation('morning', () =>
  propagateAttributes({ sessionId: 'thread-9', userId: 'ada' }, () =>
    run(observeOpenAI(new OpenAI()), observeOpenAI(new OpenAI({ maxRetries: 0 })), process.argv[2]),
  ),
);
await provider.shutdown();
