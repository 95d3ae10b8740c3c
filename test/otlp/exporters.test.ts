import { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { OTLPLogExporter } from '@opentelemetry/exporter-logs-otlp-proto';
import { OTLPTraceExporter as GrpcExporter } from '@opentelemetry/exporter-trace-otlp-grpc';
import { OTLPTraceExporter as JsonExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { OTLPTraceExporter as ProtobufExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { LoggerProvider, SimpleLogRecordProcessor } from '@opentelemetry/sdk-logs';
import {
  BatchSpanProcessor,
  NodeTracerProvider,
  type SpanExporter,
} from '@opentelemetry/sdk-trace-node';
import { describe, expect, test } from 'vitest';
import { openGrpcReceiver } from '../../src/otlp/grpc';
import { decodeSpan } from '../../src/otlp/decode';
import { listenFor, Recorder } from './listening';

/** One span with everything, sent by the SDK everybody uses. */
async function sendSpan(exporter: SpanExporter): Promise<void> {
  const provider = new NodeTracerProvider({ spanProcessors: [new BatchSpanProcessor(exporter)] });
  const tracer = provider.getTracer('test-scope', '1.2.3');
  const parent = tracer.startSpan('parent');
  parent.end([1_700_000_000, 0]);
  const span = tracer.startSpan('chat gpt', {
    kind: SpanKind.CLIENT,
    startTime: [1_700_000_000, 123_456_000],
    attributes: { text: 'hällo', int: 42, double: 0.5, yes: true, list: ['a', 'b'] },
    links: [{ context: parent.spanContext(), attributes: { why: 'test' } }],
  });
  span.addEvent('token', { index: 1 }, [1_700_000_000, 200_000_000]);
  span.setStatus({ code: SpanStatusCode.ERROR, message: 'it failed' });
  span.end([1_700_000_001, 0]);
  await provider.forceFlush();
  await provider.shutdown();
}

function expectSpan(recorder: Recorder): void {
  const found = recorder.spans.find(({ span }) => span.name === 'chat gpt');
  const parent = recorder.spans.find(({ span }) => span.name === 'parent')?.span;
  for (const span of [found?.span, found && decodeSpan(found.record)]) {
    expect(span).toMatchObject({
      role: 'client',
      startTime: 1_700_000_000_123_456,
      endTime: 1_700_000_001_000_000,
      status: 'error',
      statusMessage: 'it failed',
      parentSpanId: undefined,
    });
    const attributes = ['text', 'int', 'double', 'yes', 'list'].map((k) => span?.attributes.get(k));
    expect(attributes).toEqual(['hällo', 42, 0.5, true, ['a', 'b']]);
    expect(span?.scope).toMatchObject({ name: 'test-scope', version: '1.2.3' });
    expect(span?.resource.get('telemetry.sdk.language')).toBe('nodejs');
    expect(span?.events).toMatchObject([{ name: 'token', time: 1_700_000_000_200_000 }]);
    expect(span?.events[0]?.attributes.get('index')).toBe(1);
    expect(span?.links).toMatchObject([{ traceId: parent?.traceId, spanId: parent?.spanId }]);
  }
  expect(recorder.lines).toEqual([]);
}

describe('the official exporters', () => {
  test.each([
    ['http/protobuf', (url: string) => new ProtobufExporter({ url })],
    [
      'http/protobuf with gzip',
      (url: string) => new ProtobufExporter({ url, compression: 'gzip' as never }),
    ],
    ['http/json', (url: string) => new JsonExporter({ url })],
  ])('%s', async (_, exporterOf) => {
    const recorder = new Recorder();
    const { port } = await listenFor(recorder);
    await sendSpan(exporterOf(`http://localhost:${port}/w/token/v1/traces`));
    expectSpan(recorder);
  });

  test.each(['none', 'gzip'])('gRPC, compression %s', async (compression) => {
    const recorder = new Recorder();
    const receiver = await openGrpcReceiver({ port: 0, handler: recorder, log: recorder.log });
    const url = `http://localhost:${receiver.port}`;
    await sendSpan(new GrpcExporter({ url, compression: compression as never }));
    await receiver.close();
    expectSpan(recorder);
  });

  test('log records', async () => {
    const recorder = new Recorder();
    const { port } = await listenFor(recorder);
    const exporter = new OTLPLogExporter({ url: `http://127.0.0.1:${port}/v1/logs` });
    const provider = new LoggerProvider({
      processors: [new SimpleLogRecordProcessor({ exporter })],
    });
    const spanContext = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331' };
    provider.getLogger('events').emit({
      eventName: 'gen_ai.choice',
      severityNumber: 9,
      body: { message: { role: 'assistant', content: ['ja'] } },
      attributes: { 'gen_ai.system': 'openai' },
      context: trace.setSpanContext(ROOT_CONTEXT, { ...spanContext, traceFlags: 1 }),
    });
    await provider.forceFlush();
    await provider.shutdown();
    const [log] = recorder.logRecords.map((item) => item.log);
    expect(log).toMatchObject({ ...spanContext, eventName: 'gen_ai.choice', severity: 9 });
    expect(log?.body).toEqual({ message: { role: 'assistant', content: ['ja'] } });
    expect(log?.attributes.get('gen_ai.system')).toBe('openai');
    expect(log?.scope.name).toBe('events');
  });
});
