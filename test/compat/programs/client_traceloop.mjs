import * as traceloop from '@traceloop/node-server-sdk';
import OpenAI from 'openai';
import { run } from './calls.mjs';

traceloop.initialize({
  appName: 'desk',
  baseUrl: process.env.OTEL_EXPORTER_OTLP_ENDPOINT,
  apiKey: 'not-a-key',
  traceloopSyncEnabled: false,
  silenceInitializationMessage: true,
  instrumentModules: { openAI: OpenAI },
});
await traceloop.withWorkflow(
  { name: 'morning', associationProperties: { session_id: 'thread-9' } },
  () => run(new OpenAI(), new OpenAI({ maxRetries: 0 }), process.argv[2]),
);
await traceloop.forceFlush();
