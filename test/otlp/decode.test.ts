import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Attributes } from '../../src/model/span';
import type { Value } from '../../src/model/value';
import { attributeLimit, cutAttributesKey, tooDeep } from '../../src/otlp/attributes';
import {
  decodeLog,
  decodeLogs,
  decodeSpan,
  decodeTraces,
  type Decoded,
  type Malformed,
} from '../../src/otlp/decode';
import {
  anyValue,
  encodeMessage,
  frame,
  idOf,
  keyValues,
  nanoseconds,
  nestedAttribute,
  requestOf,
  spanMessage,
  toKeyValues,
  toSpanMessage,
  type Sample,
} from './oracle';

const traceId = Uint8Array.from({ length: 16 }, (_, i) => i + 1);
const spanId = Uint8Array.from({ length: 8 }, (_, i) => 255 - i);
const plainSpan = { traceId, spanId, name: 'chat', startTimeUnixNano: '1700000000000000000' };

function good<T>(decoded: Decoded<T> | Malformed): Decoded<T> {
  if ('malformed' in decoded) throw new Error(decoded.malformed);
  return decoded;
}

function spansOf(body: Uint8Array) {
  return good(decodeTraces(body)).items.map((item) => item.span);
}

function read(attributes: Attributes): Map<string, Value | undefined> {
  return new Map([...attributes.keys()].map((key) => [key, attributes.get(key)]));
}

/** Of a key sent twice, the last one holds. */
function expected(pairs: readonly (readonly [string, Sample])[]): Map<string, unknown> {
  return new Map(pairs.map(([key, { read }]) => [key, read]));
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

function micros(nanos: bigint): number {
  return Number(nanos / 1000n);
}

describe('against protobufjs', () => {
  test('any span is read as it was sent', () => {
    fc.assert(
      fc.property(spanMessage, keyValues, (sent, resource) => {
        const body = requestOf([toSpanMessage(sent)], {
          resource: { attributes: toKeyValues(resource) },
        });
        const [item] = good(decodeTraces(body)).items;
        for (const span of [item!.span, decodeSpan(item!.record)]) {
          expect(span.traceId).toBe(hex(sent.traceId));
          expect(span.spanId).toBe(hex(sent.spanId));
          expect(span.parentSpanId).toBe(hex(sent.parentSpanId) || undefined);
          expect(span.name).toBe(sent.name);
          expect(span.startTime).toBe(micros(sent.start));
          expect(span.endTime).toBe(micros(sent.end) || undefined);
          expect(span.status).toBe(['unset', 'ok', 'error'][sent.code]);
          expect(span.statusMessage).toBe(sent.message);
          expect(span.droppedAttributes).toBe(sent.dropped);
          expect(read(span.attributes)).toEqual(expected(sent.attributes));
          expect(read(span.resource)).toEqual(expected(resource));
          expect(span.scope.name).toBe('test');
          expect(
            span.events.map((event) => [event.time, event.name, read(event.attributes)]),
          ).toEqual(
            sent.events.map(([time, name, pairs]) => [micros(time), name, expected(pairs)]),
          );
          expect(
            span.links.map((link) => [link.traceId, link.spanId, read(link.attributes)]),
          ).toEqual(sent.links.map(([trace, id, pairs]) => [hex(trace), hex(id), expected(pairs)]));
        }
      }),
      { numRuns: 300 },
    );
  });

  test('any log record is read as it was sent', () => {
    const record = fc.record({
      traceId: idOf(16),
      spanId: idOf(8),
      time: nanoseconds,
      observed: nanoseconds,
      body: anyValue,
      attributes: keyValues,
      severity: fc.integer({ min: 0, max: 24 }),
      eventName: fc.string(),
    });
    fc.assert(
      fc.property(record, (sent) => {
        const { items } = good(decodeLogs(logRequest([toLogMessage(sent)])));
        for (const log of [items[0]!.log, decodeLog(items[0]!.record)]) {
          expect(log.traceId).toBe(hex(sent.traceId));
          expect(log.spanId).toBe(hex(sent.spanId));
          expect(log.time).toBe(micros(sent.time) || micros(sent.observed));
          expect(log.body).toEqual(sent.body.read);
          expect(log.severity).toBe(sent.severity);
          expect(read(log.attributes)).toEqual(expected(sent.attributes));
          if (sent.eventName) expect(log.eventName).toBe(sent.eventName);
        }
      }),
      { numRuns: 200 },
    );
  });

  function toLogMessage(sent: {
    time: bigint;
    observed: bigint;
    body: Sample;
    attributes: [string, Sample][];
    severity: number;
  }) {
    return {
      ...sent,
      timeUnixNano: sent.time.toString(),
      observedTimeUnixNano: sent.observed.toString(),
      body: sent.body.sent,
      attributes: toKeyValues(sent.attributes),
      severityNumber: sent.severity,
    };
  }
});

function logRequest(logRecords: readonly object[]): Uint8Array {
  return encodeMessage('ExportLogsServiceRequest', {
    resourceLogs: [{ scopeLogs: [{ logRecords }] }],
  });
}

describe('bad bytes', () => {
  test('random bytes neither throw nor hang', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        touchAll(bytes);
        const record = { span: bytes, resource: bytes, scope: bytes };
        const span = decodeSpan(record);
        read(span.attributes);
        read(span.resource);
        read(decodeLog({ ...record, log: bytes }).attributes);
      }),
      { numRuns: 3000 },
    );
  });

  test('a flipped byte neither throws nor hangs', () => {
    const body = requestOf([{ ...plainSpan, attributes: mixedAttributes }, plainSpan]);
    for (let i = 0; i < body.length; i++) {
      for (const flip of [1, 0x80, 0xff]) {
        touchAll(body.map((byte, at) => (at === i ? byte ^ flip : byte)));
      }
    }
  });

  test('every truncation is malformed, and none is taken for a whole body', () => {
    const body = requestOf([{ ...plainSpan, attributes: mixedAttributes }]);
    for (let length = 1; length < body.length; length++) {
      expect(decodeTraces(body.subarray(0, length)), `${length} bytes`).toHaveProperty('malformed');
    }
  });

  test('an empty body is an empty request', () => {
    expect(decodeTraces(new Uint8Array())).toEqual({ items: [], rejected: 0, problem: '' });
  });

  test('a group, which the protocol never had, is malformed', () => {
    const group = Buffer.from([0x0b, 0x0c]);
    expect(decodeTraces(group)).toHaveProperty('malformed');
  });

  test('a broken attribute in a resource or a scope is malformed', () => {
    const brokenKey = Buffer.from([0x0a, 0x02, 0x0a, 0x05]);
    expect(decodeTraces(frame(1, frame(1, brokenKey)))).toHaveProperty('malformed');
    const scope = frame(1, Buffer.from([0x1a, 0x02, 0x0a, 0x05]));
    expect(decodeTraces(frame(1, frame(2, scope)))).toHaveProperty('malformed');
  });

  function touchAll(bytes: Uint8Array): void {
    const traces = decodeTraces(bytes);
    if (!('malformed' in traces)) {
      for (const { span } of traces.items) {
        read(span.attributes);
        span.events.forEach((event) => read(event.attributes));
        span.links.forEach((link) => read(link.attributes));
      }
    }
    decodeLogs(bytes);
  }
});

describe('what cannot be placed', () => {
  test.each([
    ['a short trace id', { ...plainSpan, traceId: traceId.subarray(1) }],
    ['a zero trace id', { ...plainSpan, traceId: new Uint8Array(16) }],
    ['no span id', { ...plainSpan, spanId: new Uint8Array() }],
    ['a long span id', { ...plainSpan, spanId: traceId }],
  ])('%s is rejected, its neighbour is kept', (_, wrong) => {
    const decoded = good(decodeTraces(requestOf([wrong, plainSpan])));
    expect(decoded.items).toHaveLength(1);
    expect(decoded.rejected).toBe(1);
    expect(decoded.problem).toContain('Spans left out: 1');
    expect(good(decodeTraces(requestOf([wrong]))).rejected).toBe(1);
  });

  test('a parent id that is zero or of another length is no parent', () => {
    const parents = [new Uint8Array(8), traceId, new Uint8Array()];
    const spans = spansOf(
      requestOf(parents.map((parentSpanId) => ({ ...plainSpan, parentSpanId }))),
    );
    expect(spans.map((span) => span.parentSpanId)).toEqual([undefined, undefined, undefined]);
  });

  test('log records sent as spans are malformed', () => {
    const logs = logRequest([{ timeUnixNano: '5', body: { stringValue: 'x' } }]);
    expect(decodeTraces(logs)).toHaveProperty('malformed');
  });

  test('a log record outside any trace is left out, one with a wrong trace id is rejected', () => {
    const body = { stringValue: 'x' };
    const decoded = good(
      decodeLogs(logRequest([{ body }, { body, traceId: spanId }, { traceId }])),
    );
    expect(decoded.items).toHaveLength(1);
    expect(decoded.items[0]?.log.spanId).toBeUndefined();
    expect(decoded.items[0]?.log.body).toBeUndefined();
    expect(decoded.rejected).toBe(1);
  });
});

describe('limits', () => {
  test('attributes beyond the limit are cut and said to be', () => {
    const attributes = Array.from({ length: attributeLimit + 7 }, (_, i) => ({
      key: `k${i}`,
      value: { intValue: i },
    }));
    const body = requestOf([{ ...plainSpan, attributes, droppedAttributesCount: 2 }, plainSpan]);
    expect(good(decodeTraces(body))).toMatchObject({
      rejected: 0,
      problem: expect.stringContaining('without all of their attributes: 1') as string,
    });
    const [span] = spansOf(body);
    expect([...span!.attributes.keys()]).toHaveLength(attributeLimit + 1);
    expect(span!.attributes.get(`k${attributeLimit - 1}`)).toBe(attributeLimit - 1);
    expect(span!.attributes.get(`k${attributeLimit}`)).toBeUndefined();
    expect(span!.attributes.get(cutAttributesKey)).toBe(7);
    expect(span!.droppedAttributes).toBe(9);
  });

  test.each([
    [5, 64, 0],
    [5, 65, 1],
    [5, 100, 1],
    [6, 64, 0],
    [6, 65, 1],
    [5, 10_000, 1],
  ] as const)(
    'lists (5) or maps (6): %i, %i levels lose %i attributes',
    (field, levels, dropped) => {
      const span = frame(9, nestedAttribute('deep', field, levels));
      const body = Buffer.concat([encodeMessage('Span', plainSpan), span]);
      const [read] = spansOf(frame(1, frame(2, frame(2, body))));
      expect(read!.droppedAttributes).toBe(dropped);
      expect(JSON.stringify(read!.attributes.get('deep')).includes(tooDeep)).toBe(dropped > 0);
    },
  );
});

const mixedAttributes = [
  { key: 'list', value: { arrayValue: { values: [{ arrayValue: {} }, { boolValue: true }] } } },
  { key: 'beside', value: { doubleValue: 1.5 } },
];

describe('values', () => {
  test('invalid UTF-8 becomes replacement characters', () => {
    const name = Buffer.from('bad name').toString('latin1');
    const body = Buffer.from(requestOf([{ ...plainSpan, name }]));
    body[body.indexOf('bad name') + 1] = 0xff;
    expect(spansOf(body)[0]?.name).toBe('b�d name');
  });

  test('a span that has not ended runs, one that ended before it began is kept as sent', () => {
    const body = requestOf([plainSpan, { ...plainSpan, endTimeUnixNano: '1600000000000000000' }]);
    expect(good(decodeTraces(body)).problem).toBe('Spans that end before they begin: 1');
    const [running, backwards] = spansOf(body);
    expect(running!.endTime).toBeUndefined();
    expect(backwards!.endTime).toBe(1_600_000_000_000_000);
    expect(backwards!.startTime).toBe(1_700_000_000_000_000);
  });

  test('a time beyond what a number holds stays a safe number', () => {
    const [span] = spansOf(requestOf([{ ...plainSpan, endTimeUnixNano: '18446744073709551615' }]));
    expect(span!.endTime).toBe(Number.MAX_SAFE_INTEGER);
  });

  test('keys that look alike to the hash of their bytes stay apart', () => {
    const keys = ['é', 'Ã©', 'e', '', 'k'.repeat(64), 'k'.repeat(65)];
    const attributes = keys.map((key) => ({ key, value: { stringValue: key } }));
    const body = requestOf([{ ...plainSpan, attributes }]);
    for (const span of [...spansOf(body), ...spansOf(body)]) {
      for (const key of keys) expect(span.attributes.get(key)).toBe(key);
    }
  });

  test('a resource that follows its spans, in two pieces, is theirs', () => {
    const attribute = (key: string) => ({
      resource: { attributes: [{ key, value: { boolValue: true } }] },
    });
    const inner = [
      encodeMessage('ResourceSpans', { scopeSpans: [{ spans: [plainSpan] }] }),
      encodeMessage('ResourceSpans', attribute('first')),
      encodeMessage('ResourceSpans', attribute('second')),
    ];
    const [span] = spansOf(frame(1, Buffer.concat(inner)));
    expect([...span!.resource.keys()]).toEqual(['first', 'second']);
  });

  test('the sender may use a key named like a part of every object', () => {
    const attributes = [{ key: '__proto__', value: { stringValue: 'mine' } }];
    const nested = { kvlistValue: { values: attributes } };
    const [span] = spansOf(
      requestOf([{ ...plainSpan, attributes: [...attributes, { key: 'map', value: nested }] }]),
    );
    expect(span!.attributes.get('__proto__')).toBe('mine');
    expect(span!.attributes.get('constructor')).toBeUndefined();
    expect(Object.keys(span!.attributes.get('map') as object)).toEqual(['__proto__']);
  });
});
