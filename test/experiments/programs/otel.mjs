/** A program with OpenTelemetry of its own: the trace its spans would lie in. */
import { trace } from '@opentelemetry/api';
import { NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import { setTimeout as sleep } from 'node:timers/promises';

new NodeTracerProvider().register();

export async function act() {
  await sleep(10);
  return trace.getTracer('mine').startActiveSpan('mine', async (span) => {
    await sleep(10);
    span.end();
    return span.spanContext().traceId;
  });
}
