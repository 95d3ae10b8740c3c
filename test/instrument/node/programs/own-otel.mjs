import { context, trace } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { NodeSDK } from '@opentelemetry/sdk-node';
import net from 'node:net';

/** An app with its own NodeSDK, which sends to COLLECTOR, or to where the environment says. */
const sdk = new NodeSDK({
  serviceName: 'my-app',
  traceExporter: process.env.COLLECTOR
    ? new OTLPTraceExporter({ url: process.env.COLLECTOR })
    : new OTLPTraceExporter(),
});
sdk.start();

// As an instrumentation of node:net does.
const { connect } = net.Socket.prototype;
net.Socket.prototype.connect = function (...args) {
  trace.getTracer('own-net').startSpan('tcp.connect').end();
  return connect.apply(this, args);
};

const { default: OpenAI } = await import('openai');
const tracer = trace.getTracer('app');
await tracer.startActiveSpan('handle', async (span) => {
  span.setAttribute('app.user', 'alice');
  await new OpenAI().chat.completions.create({
    model: 'gpt-5-mini',
    messages: [{ role: 'user', content: 'hello' }],
  });
  tracer.startSpan('after', {}, context.active()).end();
  span.end();
});
await sdk.shutdown();
