import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { encodeSpan, type SpanLike } from '../../../src/instrument/node/encode';
import { Exporter } from '../../../src/instrument/node/exporter';
import { handOver } from '../../../src/instrument/node/handOver';
import { decodeTraces } from '../../../src/otlp/decode';
import { until } from './harness';

const hex = (length: number) =>
  fc
    .uint8Array({ minLength: length / 2, maxLength: length / 2 })
    .filter((bytes) => bytes.some((byte) => byte !== 0))
    .map((bytes) => Buffer.from(bytes).toString('hex'));
const key = fc.string({ minLength: 1, maxLength: 10 }).filter((text) => text !== '__proto__');
const attribute = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.boolean(),
  fc.maxSafeInteger(),
  fc.double({ noNaN: true }).filter((value) => !Number.isInteger(value)),
  fc.array(fc.string(), { maxLength: 3 }),
  fc.array(fc.integer(), { maxLength: 3 }),
);
const attributes = fc.dictionary(key, attribute, { maxKeys: 5, noNullPrototype: true });
const time = fc
  .tuple(fc.integer({ min: 1, max: 4_000_000_000 }), fc.integer({ min: 0, max: 999_999 }))
  .map(([seconds, micros]): [number, number] => [seconds, micros * 1000]);

const span = fc.record({
  name: fc.string(),
  kind: fc.integer({ min: 0, max: 4 }),
  traceId: hex(32),
  spanId: hex(16),
  parent: fc.option(hex(16), { nil: undefined }),
  startTime: time,
  endTime: time,
  attributes,
  status: fc.record({ code: fc.integer({ min: 0, max: 2 }), message: fc.string() }),
  events: fc.array(fc.record({ name: fc.string(), time, attributes }), { maxLength: 3 }),
});

type PlainSpan = typeof span extends fc.Arbitrary<infer T> ? T : never;

function spanLike(plain: PlainSpan): SpanLike {
  const { traceId, spanId, parent, ...rest } = plain;
  return {
    ...rest,
    spanContext: () => ({ traceId, spanId }),
    ...(parent ? { parentSpanContext: { traceId, spanId: parent } } : {}),
    links: [],
    instrumentationScope: { name: 'glassbox', version: '1' },
  };
}

const microseconds = ([seconds, nanos]: readonly [number, number]): number =>
  seconds * 1_000_000 + nanos / 1000;

test('what is encoded is what the receiver reads', () => {
  fc.assert(
    fc.property(span, attributes, fc.boolean(), (plain, resource, running) => {
      const body = encodeSpan(spanLike(plain), { resource, running });
      const decoded = decodeTraces(body);
      if ('malformed' in decoded) throw new Error(decoded.malformed);
      const read = decoded.items[0]?.span;
      expect(read).toMatchObject({
        traceId: plain.traceId,
        spanId: plain.spanId,
        parentSpanId: plain.parent,
        name: plain.name,
        startTime: microseconds(plain.startTime),
        endTime: running ? undefined : microseconds(plain.endTime),
        status: ['unset', 'ok', 'error'][plain.status.code],
        statusMessage: plain.status.message,
      });
      const values = Object.fromEntries(
        [...(read?.attributes.keys() ?? [])].map((name) => [name, read?.attributes.get(name)]),
      );
      expect(values).toEqual(plain.attributes);
      expect(read?.events.map((event) => event.name)).toEqual(plain.events.map(({ name }) => name));
      for (const [name, value] of Object.entries(resource)) {
        expect(read?.resource.get(name)).toEqual(value);
      }
    }),
  );
});

test('several requests joined are one request', () => {
  const one = (name: string): Buffer =>
    encodeSpan(
      spanLike({
        name,
        kind: 0,
        traceId: '1'.repeat(32),
        spanId: '2'.repeat(16),
        parent: undefined,
        startTime: [1, 0],
        endTime: [2, 0],
        attributes: {},
        status: { code: 0, message: '' },
        events: [],
      }),
      { resource: {}, running: false },
    );
  const decoded = decodeTraces(Buffer.concat([one('a'), one('b')]));
  expect('items' in decoded && decoded.items.map((item) => item.span.name)).toEqual(['a', 'b']);
});

describe('the exporter', () => {
  const closers: (() => void)[] = [];
  afterEach(() => closers.splice(0).forEach((close) => close()));

  async function receiver(answer: (body: string, response: ServerResponse) => void) {
    const bodies: string[] = [];
    const connections = new Set<unknown>();
    const server = createServer((request: IncomingMessage, response) => {
      connections.add(request.socket);
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        bodies.push(Buffer.concat(chunks).toString());
        answer(bodies.at(-1) ?? '', response);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    closers.push(() => {
      server.closeAllConnections();
      server.close();
    });
    const { port } = server.address() as AddressInfo;
    const facts: Readonly<Record<string, string | number>>[] = [];
    const exporter = new Exporter({
      endpoint: `http://127.0.0.1:${port}/w/t`,
      hidden: (start) => start(),
      note: (fact) => facts.push(fact),
    });
    return { bodies, connections, exporter, facts, port };
  }

  const sent = (bodies: readonly string[]): string => bodies.join('');

  test('joins what waits and keeps one connection', async () => {
    const { exporter, bodies, connections } = await receiver((_body, response) => response.end());
    for (const letter of 'abc') exporter.send(Buffer.from(letter), true);
    await until(() => sent(bodies) === 'abc');
    expect(bodies).toEqual(['abc']);
    for (const letter of 'def') exporter.send(Buffer.from(letter), true);
    await until(() => sent(bodies) === 'abcdef');
    expect(bodies).toEqual(['abc', 'd', 'e', 'f']);
    expect(connections.size).toBe(1);
  });

  test.each<[string, (response: ServerResponse) => void]>([
    ['with a length', (response) => response.end('x'.repeat(10))],
    ['in chunks', (response) => void (response.write('a'), response.end('b'))],
    ['without a body', (response) => void response.writeHead(204).end()],
  ])('reads answers %s', async (_name, answer) => {
    const { exporter, facts, bodies } = await receiver((_body, response) => answer(response));
    for (const letter of 'abcd') {
      exporter.send(Buffer.from(letter), true);
      await until(() => sent(bodies).endsWith(letter));
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
    exporter.finish();
    expect(facts).toEqual([{ event: 'exported', spans: 4 }]);
  });

  test('asks again where the receiver is busy, and nothing is sent twice in vain', async () => {
    let asked = 0;
    const { exporter, bodies } = await receiver((_body, response) => {
      if (asked++ < 2) response.writeHead(503);
      response.end();
    });
    exporter.send(Buffer.from('a'), true);
    await until(() => bodies.length === 3);
    expect(bodies).toEqual(['a', 'a', 'a']);
  });

  test('sends again what a broken connection took along', async () => {
    let broken = 0;
    const { exporter, bodies } = await receiver((_body, response) => {
      if (broken++ === 0) response.destroy();
      else response.end();
    });
    exporter.send(Buffer.from('a'), true);
    await until(() => bodies.length === 2);
    expect(bodies).toEqual(['a', 'a']);
  });

  test('notes what a receiver refuses, but not start reports', async () => {
    const { exporter, bodies, facts } = await receiver((_body, response) => {
      response.writeHead(400).end();
    });
    exporter.send(Buffer.from('a'), false);
    exporter.send(Buffer.from('b'), true);
    await until(() => sent(bodies) === 'ab');
    await new Promise((resolve) => setTimeout(resolve, 20));
    exporter.finish();
    expect(facts).toEqual([{ event: 'lost', spans: 1, reason: 'receiver answered 400' }]);
  });
});

test('the hand-over says at once that nobody listens', () => {
  const url = 'http://127.0.0.1:9/v1/traces';
  expect(handOver({ url, body: Buffer.from('x'), timeoutMs: 5_000 })).toBe('receiver is gone');
});
