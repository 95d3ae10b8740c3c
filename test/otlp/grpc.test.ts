import { Client, credentials, status, type ServiceError } from '@grpc/grpc-js';
import { createServer } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import type { Limits, Receiver } from '../../src/otlp/delivery';
import { openGrpcReceiver } from '../../src/otlp/grpc';
import { Overloaded } from '../../src/otlp/receiver';
import { Recorder } from './listening';
import { decodeMessage, encodeMessage, requestOf } from './oracle';

const traceId = Buffer.alloc(16, 1);
const span = { traceId, spanId: Buffer.alloc(8, 1), startTimeUnixNano: '1700000000000000000' };
const body = requestOf([span]);
const tracePath = '/opentelemetry.proto.collector.trace.v1.TraceService/Export';

const closing: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function listen(recorder: Recorder, limits?: Partial<Limits>): Promise<Receiver> {
  const { log } = recorder;
  const receiver = await openGrpcReceiver({ port: 0, handler: recorder, log, limits });
  closing.push(() => receiver.close());
  return receiver;
}

/** The bytes of the response, or the code of the failure. */
function call(address: string, path: string, bytes: Uint8Array): Promise<Buffer | status> {
  const client = new Client(address, credentials.createInsecure(), {
    'grpc.max_send_message_length': -1,
  });
  closing.push(() => client.close());
  const same = (message: Buffer) => message;
  return new Promise((resolve) => {
    client.makeUnaryRequest(
      path,
      same,
      same,
      Buffer.from(bytes),
      (error: ServiceError | null, response?: Buffer) =>
        resolve(error ? error.code : (response ?? Buffer.alloc(0))),
    );
  });
}

describe('gRPC', () => {
  test('spans and log records arrive on every address, metrics are dropped', async () => {
    const recorder = new Recorder();
    const receiver = await listen(recorder);
    for (const address of receiver.addresses) {
      expect(await call(address, tracePath, body)).toEqual(Buffer.alloc(0));
    }
    expect(recorder.spans).toHaveLength(receiver.addresses.length);
    const logs = encodeMessage('ExportLogsServiceRequest', {
      resourceLogs: [{ scopeLogs: [{ logRecords: [{ traceId }] }] }],
    });
    const [address = ''] = receiver.addresses;
    const pathOf = (signal: string, service: string) =>
      `/opentelemetry.proto.collector.${signal}.v1.${service}/Export`;
    expect(await call(address, pathOf('logs', 'LogsService'), logs)).toHaveLength(0);
    expect(await call(address, pathOf('metrics', 'MetricsService'), logs)).toHaveLength(0);
    expect(recorder.logRecords).toHaveLength(1);
    expect(recorder.lines).toEqual([]);
  });

  test('ids that cannot be are a partial success', async () => {
    const receiver = await listen(new Recorder());
    const wrong = { ...span, spanId: Buffer.alloc(3) };
    const response = await call(receiver.addresses[0] ?? '', tracePath, requestOf([wrong, span]));
    expect(decodeMessage('ExportTraceServiceResponse', response as Buffer)).toMatchObject({
      partialSuccess: { rejectedSpans: '1' },
    });
  });

  test.each([
    ['a truncated body', body.subarray(0, body.length - 1), status.INVALID_ARGUMENT],
    ['a body over the limit', new Uint8Array(20_000), status.RESOURCE_EXHAUSTED],
  ])('%s', async (_, bytes, code) => {
    const recorder = new Recorder();
    const receiver = await listen(recorder, { bodyBytes: 10_000 });
    const [address = ''] = receiver.addresses;
    expect(await call(address, tracePath, bytes)).toBe(code);
    expect(await call(address, tracePath, body)).toHaveLength(0);
    expect(recorder.spans).toHaveLength(1);
  });

  test.each([new Overloaded('full'), new Error('the disk is full')])(
    'when the handler throws %s, the sender may try again',
    async (error) => {
      const recorder = new Recorder();
      const receiver = await listen(recorder);
      recorder.before = () => Promise.reject(error);
      expect(await call(receiver.addresses[0] ?? '', tracePath, body)).toBe(status.UNAVAILABLE);
      expect(recorder.lines.length).toBe(error instanceof Overloaded ? 1 : 2);
    },
  );

  test('bodies that wait to be committed are bounded by their bytes', async () => {
    const recorder = new Recorder();
    const receiver = await listen(recorder, { inFlightBytes: body.length });
    const [address = ''] = receiver.addresses;
    const waiting: (() => void)[] = [];
    recorder.before = () => new Promise((resolve) => waiting.push(resolve));
    const first = call(address, tracePath, body);
    await expect.poll(() => waiting).toHaveLength(1);
    expect(await call(address, tracePath, body)).toBe(status.UNAVAILABLE);
    waiting[0]?.();
    expect(await first).toHaveLength(0);
  });

  test('an unknown method is not implemented', async () => {
    const receiver = await listen(new Recorder());
    expect(await call(receiver.addresses[0] ?? '', '/x.Y/Export', body)).toBe(status.UNIMPLEMENTED);
  });

  test('when the port is taken, the caller hears so', async () => {
    const squatter = createServer();
    await new Promise<void>((resolve) => squatter.listen(0, '127.0.0.1', resolve));
    closing.push(() => squatter.close());
    const { port } = squatter.address() as { port: number };
    const recorder = new Recorder();
    await expect(
      openGrpcReceiver({ port, handler: recorder, log: recorder.log }),
    ).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });

  test('the port is free again after closing', async () => {
    const recorder = new Recorder();
    const first = await listen(recorder);
    const { port } = first;
    await first.close();
    const again = await openGrpcReceiver({ port, handler: recorder, log: recorder.log });
    expect(again.port).toBe(port);
    await again.close();
  });
});
