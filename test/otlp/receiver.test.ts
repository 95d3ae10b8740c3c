import { createServer } from 'node:net';
import { deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { openReceiver, Overloaded } from '../../src/otlp/receiver';
import { listenFor, Recorder, send, type Sending } from './listening';
import { decodeMessage, encodeMessage, requestOf } from './oracle';

const traceId = Buffer.from('0af7651916cd43dd8448eb211c80319c', 'hex');
const span = (id: number) => ({
  traceId,
  spanId: Buffer.alloc(8, id),
  name: `span ${id}`,
  startTimeUnixNano: '1700000000000000000',
});
const body = requestOf([span(1)]);
const json = JSON.stringify({
  resourceSpans: [
    { scopeSpans: [{ spans: [{ traceId: traceId.toString('hex'), spanId: '01'.repeat(8) }] }] },
  ],
});
const logs = encodeMessage('ExportLogsServiceRequest', {
  resourceLogs: [{ scopeLogs: [{ logRecords: [{ traceId, body: { stringValue: 'x' } }] }] }],
});
const asJson = { 'content-type': 'application/json' };

describe('what is taken', () => {
  test.each([
    '/v1/traces',
    '/v1/traces/',
    '/v1/traces?x=1',
    '/w/secret/v1/traces',
    '/api/public/otel/v1/traces',
    '/api/public/otel',
    '/otel',
    '/',
    '/w/secret',
    '/any/base/v1/traces',
  ])('spans at %s', async (path) => {
    const recorder = new Recorder();
    const { port } = await listenFor(recorder);
    const reply = await send(port, { path, body });
    expect(reply).toMatchObject({ status: 200, type: 'application/x-protobuf' });
    expect(reply.body).toHaveLength(0);
    expect(recorder.spans.map((item) => item.span.name)).toEqual(['span 1']);
    expect(recorder.lines).toEqual([]);
  });

  test('JSON is answered in JSON', async () => {
    const recorder = new Recorder();
    const { port } = await listenFor(recorder);
    const headers = { 'content-type': 'Application/JSON; charset=utf-8' };
    const reply = await send(port, { headers, body: json });
    expect(reply).toMatchObject({ status: 200, type: 'application/json' });
    expect(reply.body.toString()).toBe('{}');
    expect(recorder.spans).toHaveLength(1);
  });

  test('log records, and metrics, which are dropped', async () => {
    const recorder = new Recorder();
    const { port } = await listenFor(recorder);
    expect((await send(port, { path: '/w/t/v1/logs', body: logs })).status).toBe(200);
    expect((await send(port, { path: '/v1/metrics', body: 'whatever' })).status).toBe(200);
    expect(recorder.logRecords.map(({ log }) => log.body)).toEqual(['x']);
    expect(recorder.spans).toEqual([]);
  });

  test('an empty request is a success', async () => {
    const { port } = await listenFor(new Recorder());
    expect((await send(port)).status).toBe(200);
    expect((await send(port, { headers: asJson, body: '{}' })).status).toBe(200);
  });

  test.each<[string, (bytes: Uint8Array) => Uint8Array]>([
    ['identity', (bytes) => bytes],
    ['gzip', gzipSync],
    ['GZIP', gzipSync],
    ['deflate', deflateSync],
    ['deflate', deflateRawSync],
    ['zstd', zstdCompressSync],
  ])('compressed as %s', async (encoding, compress) => {
    const recorder = new Recorder();
    const { port } = await listenFor(recorder);
    const headers = { 'content-encoding': encoding };
    expect((await send(port, { headers, body: compress(body) })).status).toBe(200);
    expect(recorder.spans).toHaveLength(1);
  });

  test('secrets are masked before anybody sees them', async () => {
    const secret = 'sk-proj-aB3dE6gH9jK2mN5pQ8sT1vW4xY7zA0cD';
    const recorder = new Recorder();
    const { port } = await listenFor(recorder);
    await send(port, { body: requestOf([{ ...span(1), name: secret }]) });
    await send(port, {
      headers: asJson,
      body: json.replace('"spanId"', `"name":"${secret}","spanId"`),
    });
    expect(recorder.spans.map((item) => item.span.name)).toEqual([
      'sk-proj-********************************',
      'sk-proj-********************************',
    ]);
  });
});

describe('what is answered', () => {
  test('only what is committed is acknowledged', async () => {
    const recorder = new Recorder();
    const { port } = await listenFor(recorder);
    const order: string[] = [];
    let commit = () => undefined as void;
    recorder.before = () =>
      new Promise((resolve) => {
        commit = () => {
          order.push('committed');
          resolve();
        };
        order.push('arrived');
        setImmediate(() => commit());
      });
    await send(port, { body }).then(() => order.push('answered'));
    expect(order).toEqual(['arrived', 'committed', 'answered']);
  });

  test('ids that cannot be are a partial success', async () => {
    const recorder = new Recorder();
    const { port } = await listenFor(recorder);
    const wrong = { ...span(2), spanId: Buffer.alloc(3, 1) };
    const reply = await send(port, { body: requestOf([wrong, span(1), wrong]) });
    expect(reply.status).toBe(200);
    expect(decodeMessage('ExportTraceServiceResponse', reply.body)).toMatchObject({
      partialSuccess: { rejectedSpans: '2' },
    });
    expect(recorder.spans).toHaveLength(1);
    expect(recorder.lines.join()).toContain('Spans left out: 2');
    const inJson = await send(port, { headers: asJson, body: json.replace('0101', '') });
    expect(JSON.parse(inJson.body.toString())).toMatchObject({
      partialSuccess: { rejectedSpans: '1' },
    });
  });

  test.each<[string, Sending, readonly [status: number, code: number]]>([
    ['a truncated body', { body: body.subarray(0, body.length - 3) }, [400, 3]],
    ['JSON that is none', { headers: asJson, body: '{"resourceSpans":[' }, [400, 3]],
    ['log records at the path for spans', { body: logs }, [400, 3]],
    ['gzip that is none', { headers: { 'content-encoding': 'gzip' }, body }, [400, 3]],
    ['an encoding nobody knows', { headers: { 'content-encoding': 'br' }, body }, [415, 3]],
    ['text', { headers: { 'content-type': 'text/plain' }, body }, [415, 3]],
    ['a form', { headers: { 'content-type': 'application/x-www-form-urlencoded' } }, [415, 3]],
    ['no type', { headers: { 'content-type': '' }, body }, [415, 3]],
    ['a path of nobody', { path: '/v1/profiles', body }, [404, 5]],
    ['the path of another protocol', { path: '/v1/traces/ingest', body }, [404, 5]],
    ['a GET of spans', { method: 'GET' }, [405, 12]],
    ['a DELETE', { method: 'DELETE' }, [405, 12]],
    ['OPTIONS', { method: 'OPTIONS' }, [405, 12]],
    ['a POST to a constant', { method: 'POST', path: '/v1/info' }, [405, 12]],
  ])('%s: %j', async (_, sending, [status, code]) => {
    const recorder = new Recorder();
    const { port } = await listenFor(recorder);
    const reply = await send(port, sending);
    expect(reply.status).toBe(status);
    const asked = sending.headers?.['content-type'] ?? 'application/x-protobuf';
    if (asked === 'application/x-protobuf') {
      expect(reply.type).toBe('application/x-protobuf');
      expect(decodeMessage('RpcStatus', reply.body)).toMatchObject({ code });
    } else {
      expect(reply.type).toBe('application/json');
      expect(JSON.parse(reply.body.toString())).toMatchObject({ code });
    }
    expect(recorder.spans).toEqual([]);
    expect(recorder.lines).toHaveLength(1);
    expect(recorder.lines[0]).toContain(String(status));
    expect((await send(port, { body })).status).toBe(200);
    expect(recorder.spans).toHaveLength(1);
  });

  test('what was cut is a warning, and a line in the log', async () => {
    const recorder = new Recorder();
    const { port } = await listenFor(recorder);
    const backwards = { ...span(1), endTimeUnixNano: '1000000' };
    const reply = await send(port, { body: requestOf([backwards]) });
    expect(decodeMessage('ExportTraceServiceResponse', reply.body)).toEqual({
      partialSuccess: { errorMessage: 'Spans that end before they begin: 1' },
    });
    expect(recorder.lines).toEqual(['Spans that end before they begin: 1']);
    expect(recorder.spans).toHaveLength(1);
  });

  test('the token of a path is not in the log', async () => {
    const recorder = new Recorder();
    const { port } = await listenFor(recorder, { token: 'correct-horse' });
    for (const path of ['/w/correct-horse/call?k=secret', '/w/correct-horse/nothing']) {
      const reply = await send(port, { path, headers: { 'content-type': 'text/plain' } });
      expect(reply.body.toString()).not.toMatch(/correct-horse|secret/);
    }
    expect(recorder.lines).toHaveLength(2);
    expect(recorder.lines.join()).not.toMatch(/correct-horse|secret/);
  });

  test.each([new Overloaded('full'), new Error('the disk is full')])(
    'when the handler throws %s, the sender is asked to come again',
    async (error) => {
      const recorder = new Recorder();
      const { port } = await listenFor(recorder);
      recorder.before = () => Promise.reject(error);
      const reply = await send(port, { body });
      expect(reply).toMatchObject({ status: 503, headers: { 'retry-after': '1' } });
      expect(recorder.lines.some((line) => line.includes('disk'))).toBe(
        !(error instanceof Overloaded),
      );
      recorder.before = () => Promise.resolve();
      expect((await send(port, { body })).status).toBe(200);
    },
  );

  test('bodies that wait to be committed are bounded by their bytes', async () => {
    const recorder = new Recorder();
    const { port } = await listenFor(recorder, { limits: { inFlightBytes: body.length + 10 } });
    const waiting: (() => void)[] = [];
    recorder.before = () => new Promise((resolve) => waiting.push(resolve));
    const first = send(port, { body });
    await expect.poll(() => waiting).toHaveLength(1);
    expect(await send(port, { body })).toMatchObject({
      status: 503,
      headers: { 'retry-after': '1' },
    });
    waiting[0]?.();
    expect((await first).status).toBe(200);
    recorder.before = () => Promise.resolve();
    expect((await send(port, { body })).status).toBe(200);
  });
});

describe('what may be asked', () => {
  test.each([
    ['/v1/info', 'project_name'],
    ['/w/secret/v1/info', 'project_name'],
    ['/api/public/health', 'status'],
    ['/api/public/projects', 'data'],
  ])('GET %s', async (path, key) => {
    const { port } = await listenFor(new Recorder());
    const reply = await send(port, { method: 'GET', path });
    expect(reply.status).toBe(200);
    expect(JSON.parse(reply.body.toString())).toHaveProperty(key);
  });

  describe('calls', () => {
    const token = 'correct-horse';
    const answering = new (class extends Recorder {
      call = async (message: unknown) => ({ got: message });
    })();

    test.each<[string, Sending, number]>([
      ['the right token', { path: `/w/${token}/call` }, 200],
      ['a wrong token', { path: '/w/wrong/call' }, 404],
      ['an empty token', { path: '/w//call' }, 404],
      ['no token', { path: '/call' }, 404],
      ['protobuf', { path: `/w/${token}/call`, headers: {} }, 415],
      ['no JSON', { path: `/w/${token}/call`, body: 'x' }, 400],
      ['a GET', { path: `/w/${token}/call`, method: 'GET', body: '' }, 405],
      ['a page', { path: `/w/${token}/call`, headers: { ...asJson, origin: 'null' } }, 403],
    ])('with %s: %i', async (_, sending, status) => {
      const { port } = await listenFor(answering, { token });
      const reply = await send(port, { headers: asJson, body: '{"a":1}', ...sending });
      expect(reply.status).toBe(status);
      if (status === 200) expect(JSON.parse(reply.body.toString())).toEqual({ got: { a: 1 } });
    });

    test('without a token or anybody to answer there are none', async () => {
      const sending = { headers: asJson, body: '{}' };
      const tokenless = await listenFor(answering);
      expect((await send(tokenless.port, { path: '/w/undefined/call', ...sending })).status).toBe(
        404,
      );
      const silent = await listenFor(new Recorder(), { token });
      expect((await send(silent.port, { path: `/w/${token}/call`, ...sending })).status).toBe(404);
    });
  });
});

describe('the port', () => {
  test('is the same on both loopback addresses', async () => {
    const recorder = new Recorder();
    const receiver = await listenFor(recorder);
    expect(receiver.addresses[0]).toBe(`127.0.0.1:${receiver.port}`);
    for (const address of receiver.addresses) {
      const host = new URL(`http://${address}`).hostname.replace(/[[\]]/g, '');
      expect((await send(receiver.port, { host, body })).status).toBe(200);
    }
    expect(recorder.spans).toHaveLength(receiver.addresses.length);
  });

  test('when it is taken, the caller hears the system’s error', async () => {
    const squatter = createServer();
    await new Promise<void>((resolve) => squatter.listen(0, '127.0.0.1', resolve));
    const { port } = squatter.address() as { port: number };
    const { log, ...handler } = { handler: new Recorder(), log: new Recorder().log };
    await expect(openReceiver({ port, log, ...handler })).rejects.toMatchObject({
      code: 'EADDRINUSE',
    });
    await new Promise((resolve) => squatter.close(resolve));
    const receiver = await openReceiver({ port, log, ...handler });
    await receiver.close();
  });

  test('is free again after closing, and what was being answered was answered', async () => {
    const recorder = new Recorder();
    const first = await listenFor(recorder);
    let commit = () => undefined as void;
    recorder.before = () => new Promise((resolve) => (commit = resolve));
    const reply = send(first.port, { body });
    await expect.poll(() => commit.name).not.toBe('commit');
    const closed = first.close();
    commit();
    expect((await reply).status).toBe(200);
    await closed;
    const second = await listenFor(recorder, { port: first.port });
    expect(second.port).toBe(first.port);
  });
});
