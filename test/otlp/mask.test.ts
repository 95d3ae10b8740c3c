import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeLogs, decodeTraces } from '../../src/otlp/decode';
import { deliver } from '../../src/otlp/delivery';
import { maskLogs, maskTraces } from '../../src/otlp/mask';
import { tracesToJson } from '../../src/otlp/json';
import { Recorder } from './listening';
import { decodeMessage, encodeMessage, requestOf, spanMessage, toSpanMessage } from './oracle';

const secret = 'sk-proj-aB3dE6gH9jK2mN5pQ8sT1vW4xY7zA0cD';
const masked = 'sk-proj-********************************';
const traceId = Buffer.alloc(16, 0x41);
const spanId = Buffer.alloc(8, 0x42);

/** Every kind of place in which a string of a sender can be. */
const text = { stringValue: secret };
const attributes = [
  { key: 'plain', value: text },
  { key: secret, value: { intValue: 1 } },
  { key: 'list', value: { arrayValue: { values: [text, { arrayValue: { values: [text] } }] } } },
  { key: 'map', value: { kvlistValue: { values: [{ key: secret, value: text }] } } },
  { key: 'bytes', value: { bytesValue: Buffer.from(secret) } },
  { key: 'json', value: { stringValue: JSON.stringify({ a: JSON.stringify([secret]) }) } },
];
const span = {
  traceId,
  spanId,
  traceState: secret,
  name: secret,
  startTimeUnixNano: '1700000000000000000',
  attributes,
  events: [{ name: secret, attributes }],
  links: [{ traceId, spanId, traceState: secret, attributes }],
  status: { message: secret, code: 2 },
};
const origin = { resource: { attributes } };

function count(haystack: unknown, needle: string): number {
  return JSON.stringify(haystack, (_, value: unknown) =>
    value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : value,
  ).split(needle).length;
}

describe('every string of a request is masked', () => {
  test('of spans', () => {
    const body = Buffer.from(requestOf([span, span], origin));
    const before = decodeMessage('ExportTraceServiceRequest', body);
    const places = body.toString('latin1').split(secret).length - 1;
    expect(maskTraces(body)).toBe(places);
    expect(body.includes(secret)).toBe(false);
    const expected = body.toString('latin1').split(masked).length - 1;
    expect(expected).toBe(places);
    const after = decodeMessage('ExportTraceServiceRequest', body);
    expect(count(after, masked)).toBe(count(before, secret));
    expect(maskTraces(body)).toBe(0);
    const decoded = decodeTraces(body);
    expect('items' in decoded && decoded.items.map((item) => item.span.name)).toEqual([
      masked,
      masked,
    ]);
  });

  test('of log records', () => {
    const record = {
      traceId,
      spanId,
      severityText: secret,
      body: text,
      attributes,
      eventName: secret,
    };
    const body = Buffer.from(
      encodeMessage('ExportLogsServiceRequest', {
        resourceLogs: [{ ...origin, scopeLogs: [{ logRecords: [record] }] }],
      }),
    );
    maskLogs(body);
    expect(body.includes(secret)).toBe(false);
    const decoded = decodeLogs(body);
    expect('items' in decoded && decoded.items[0]?.log.body).toBe(masked);
  });

  test('however deep it lies', () => {
    let value: object = text;
    for (let i = 0; i < 30; i++) value = { arrayValue: { values: [value] } };
    const body = Buffer.from(requestOf([{ ...span, attributes: [{ key: 'deep', value }] }]));
    maskTraces(body);
    expect(body.includes(secret)).toBe(false);
  });
});

describe('nothing else is touched', () => {
  test('spans without secrets stay as they are', () => {
    fc.assert(
      fc.property(fc.array(spanMessage, { maxLength: 3 }), (spans) => {
        const body = Buffer.from(requestOf(spans.map(toSpanMessage)));
        const before = Buffer.from(body);
        expect(maskTraces(body)).toBe(0);
        expect(body.equals(before)).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  test('ids and numbers that look like a secret are none', () => {
    const body = Buffer.from(
      requestOf([{ ...span, traceId: Buffer.from('AKIAIOSFODNN7EXA'), name: 'x', status: {} }]),
    );
    const [before] = [decodeTraces(Buffer.from(body))];
    maskTraces(body);
    const after = decodeTraces(body);
    expect('items' in after && after.items[0]?.span.traceId).toBe(
      'items' in before && before.items[0]?.span.traceId,
    );
  });

  test('bytes that are no request stay as they are', () => {
    const bytes = Buffer.from(`\x0a\x7f${secret}`);
    expect([maskTraces(bytes), maskLogs(bytes)]).toEqual([0, 0]);
    expect(bytes.includes(secret)).toBe(true);
  });
});

test('JSON and protobuf of one span end as the same bytes of meaning', async () => {
  const viaProtobuf = new Recorder();
  const body = Buffer.from(requestOf([span], origin));
  const before = decodeTraces(Buffer.from(body));
  if (!('items' in before)) throw new Error(before.malformed);
  const json = Buffer.from(JSON.stringify(tracesToJson(before.items.map((item) => item.record))));
  await deliver({ signal: 'traces', format: 'protobuf', body }, { handler: viaProtobuf });
  const viaJson = new Recorder();
  await deliver({ signal: 'traces', format: 'json', body: json }, { handler: viaJson });
  const [one, other] = [viaProtobuf, viaJson].map(({ spans }) =>
    tracesToJson(spans.map((item) => item.record)),
  );
  expect(one).toEqual(other);
  expect(JSON.stringify(one)).not.toContain(secret);
});
