import { connect } from 'node:net';
import { deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { RefusalLog } from '../../src/otlp/refusal';
import { listenFor, Recorder, send, sendRaw } from './listening';
import { requestOf } from './oracle';

const mebibyte = 1024 * 1024;
const span = {
  traceId: Buffer.alloc(16, 1),
  spanId: Buffer.alloc(8, 1),
  startTimeUnixNano: '1700000000000000000',
};
const body = requestOf([span]);

function bodyOf(bytes: number): Uint8Array {
  const value = { bytesValue: Buffer.alloc(bytes, 0x41) };
  return requestOf([{ ...span, attributes: [{ key: 'big', value }] }]);
}

async function expectGood(port: number): Promise<void> {
  expect((await send(port, { body })).status).toBe(200);
}

describe('who may send', () => {
  test.each([
    ['127.0.0.1:PORT', 200],
    ['localhost:PORT', 200],
    ['LOCALHOST:PORT', 200],
    ['[::1]:PORT', 200],
    ['host.docker.internal:PORT', 200],
    ['host.docker.internal:1', 200],
    ['127.0.0.1', 403],
    ['127.0.0.1:1', 403],
    ['evil.test:PORT', 403],
    ['localhost.evil.test:PORT', 403],
    ['127.0.0.1:PORT.evil.test', 403],
  ])('Host %s: %i', async (host, status) => {
    const recorder = new Recorder();
    const { port } = await listenFor(recorder, { allowedHosts: ['Host.docker.internal'] });
    const headers = { host: host.replace('PORT', String(port)) };
    expect((await send(port, { headers, body })).status).toBe(status);
    expect(recorder.spans).toHaveLength(status === 200 ? 1 : 0);
    await expectGood(port);
  });

  test.each([
    [{ origin: 'http://localhost:3000' }, 403],
    [{ origin: 'null' }, 403],
    [{ 'sec-fetch-site': 'cross-site' }, 403],
    [{ 'sec-fetch-site': 'same-site' }, 403],
    [{ 'sec-fetch-site': 'none' }, 200],
  ])('a page with %j: %i', async (headers, status) => {
    const { port } = await listenFor(new Recorder());
    const sent = Object.fromEntries(Object.entries(headers));
    expect((await send(port, { headers: sent, body })).status).toBe(status);
    const info = await send(port, { method: 'GET', path: '/v1/info', headers: sent });
    expect(info.status).toBe(status);
    expect(info.headers['access-control-allow-origin']).toBeUndefined();
  });

  test('two Host headers, or none', async () => {
    const { port } = await listenFor(new Recorder());
    const head = 'GET /v1/info HTTP/1.1\r\nConnection: close\r\n';
    const host = `Host: 127.0.0.1:${port}\r\n`;
    expect(await sendRaw(port, `${head}${host}\r\n`)).toContain('HTTP/1.1 200');
    expect(await sendRaw(port, `${head}${host}Host: evil.test\r\n\r\n`)).toMatch(
      /HTTP\/1.1 40[03]/,
    );
    expect(await sendRaw(port, `${head}\r\n`)).toContain('HTTP/1.1 400');
    expect(await sendRaw(port, 'GET /v1/info HTTP/1.0\r\n\r\n')).toContain('HTTP/1.1 403');
  });
});

describe('sizes', () => {
  test('50 MB are taken, 65 MiB are refused, with or without a length, and the next is taken', async () => {
    const recorder = new Recorder();
    const { port } = await listenFor(recorder);
    expect((await send(port, { body: bodyOf(50_000_000) })).status).toBe(200);
    expect(recorder.spans).toHaveLength(1);
    const large = bodyOf(65 * mebibyte);
    expect((await send(port, { body: large })).status).toBe(413);
    const headers = { 'transfer-encoding': 'chunked' };
    expect((await send(port, { body: large, headers })).status).toBe(413);
    expect(recorder.spans).toHaveLength(1);
    expect(recorder.lines.filter((line) => line.includes('413'))).toHaveLength(2);
    await expectGood(port);
  });

  test('a chunked body is taken', async () => {
    const { port } = await listenFor(new Recorder());
    const headers = { 'transfer-encoding': 'chunked' };
    expect((await send(port, { body: bodyOf(300_000), headers })).status).toBe(200);
  });

  test.each([
    ['gzip', 'application/x-protobuf', gzipSync],
    ['gzip', 'application/json', gzipSync],
    ['deflate', 'application/json', deflateSync],
    ['deflate', 'application/x-protobuf', deflateRawSync],
    ['zstd', 'application/x-protobuf', zstdCompressSync],
  ])('a %s bomb of %s', async (encoding, type, compress) => {
    const { port } = await listenFor(new Recorder());
    const bomb = compress(Buffer.alloc(200 * mebibyte));
    expect(bomb.length).toBeLessThan(mebibyte);
    const headers = { 'content-type': type, 'content-encoding': encoding };
    expect((await send(port, { headers, body: bomb })).status).toBe(413);
    await expectGood(port);
  });

  test('a sender that claims too much hears so before it has sent it', async () => {
    const { port } = await listenFor(new Recorder());
    const answer = await new Promise<string>((resolve, reject) => {
      const socket = connect(port, '127.0.0.1');
      socket.on('error', reject).setEncoding('latin1');
      socket.once('data', (text: string) => {
        socket.destroy();
        resolve(text);
      });
      socket.write(
        `POST /v1/traces HTTP/1.1\r\nHost: localhost:${port}\r\nContent-Length: 100000000000\r\n` +
          'Content-Type: application/json\r\n\r\n{',
      );
    });
    expect(answer).toContain('HTTP/1.1 413');
    await expectGood(port);
  });
});

describe('connections', () => {
  test('serve one request after another', async () => {
    const { port } = await listenFor(new Recorder());
    const get = `GET /v1/info HTTP/1.1\r\nHost: localhost:${port}\r\n`;
    const answer = await sendRaw(port, `${get}\r\n${get}\r\n${get}Connection: close\r\n\r\n`);
    expect(answer.match(/HTTP\/1.1 200/g)).toHaveLength(3);
  });

  test.each([
    ['head', (port: number) => `POST /v1/traces HTTP/1.1\r\nHost: localhost:${port}\r\n`],
    [
      'body',
      (port: number) =>
        `POST /v1/traces HTTP/1.1\r\nHost: localhost:${port}\r\nContent-Length: 10\r\n` +
        'Content-Type: application/json\r\n\r\n{',
    ],
  ])('whoever does not finish the %s is shut out', async (_, head) => {
    const recorder = new Recorder();
    const limits = { headersTimeoutMs: 200, requestTimeoutMs: 400 };
    const { port } = await listenFor(recorder, { limits });
    expect(await sendRaw(port, head(port))).toContain('HTTP/1.1 408');
    expect(recorder.lines).toHaveLength(1);
    await expectGood(port);
  });

  test('whoever goes away in the middle leaves nothing behind', async () => {
    const recorder = new Recorder();
    const { port } = await listenFor(recorder, { limits: { inFlightBytes: 4 * body.length } });
    for (let i = 0; i < 20; i++) {
      const socket = connect(port, '127.0.0.1');
      socket.write(
        `POST /v1/traces HTTP/1.1\r\nHost: localhost:${port}\r\nContent-Length: 100000\r\n` +
          `Content-Type: application/x-protobuf\r\n\r\n${'x'.repeat(body.length)}`,
      );
      await new Promise((resolve) => socket.once('connect', resolve));
      await new Promise((resolve) => socket.once('close', resolve).destroy());
    }
    await expect.poll(async () => (await send(port, { body })).status).toBe(200);
  });

  test('gRPC on the HTTP port is told apart', async () => {
    const recorder = new Recorder();
    const { port } = await listenFor(recorder);
    await sendRaw(port, 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
    expect(recorder.lines.join()).toContain('OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf');
    await expectGood(port);
  });

  test('what is not HTTP is refused', async () => {
    const recorder = new Recorder();
    const { port } = await listenFor(recorder);
    expect(await sendRaw(port, '\x16\x03\x01\x02\x00\x01\x00')).toContain('HTTP/1.1 400');
    expect(await sendRaw(port, `GET /${'x'.repeat(100_000)} HTTP/1.1\r\n\r\n`)).toContain('431');
    expect(recorder.lines).toHaveLength(2);
    await expectGood(port);
  });
});

describe('the log of refusals', () => {
  test('says each, but does not flood', () => {
    const { log, lines } = new Recorder();
    let now = 1000;
    const refusals = new RefusalLog(log, () => now);
    for (let i = 0; i < 50; i++) refusals.write(`line ${i}`);
    expect(lines).toHaveLength(20);
    now += 10_000;
    refusals.write('later');
    expect(lines.slice(20)).toEqual(['30 more requests were refused', 'later']);
  });

  test('a line break in what was sent does not make a second line', async () => {
    const recorder = new Recorder();
    const { port } = await listenFor(recorder);
    await send(port, { path: `/${'%0a'.repeat(10)}${'x'.repeat(500)}` });
    expect(recorder.lines).toHaveLength(1);
    expect(recorder.lines[0]?.length).toBeLessThan(400);
    expect(recorder.lines[0]).not.toContain('\n');
  });
});
