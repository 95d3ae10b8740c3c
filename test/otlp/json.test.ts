import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { tooDeep } from '../../src/otlp/attributes';
import { decodeLogs, decodeTraces, type Decoded, type Malformed } from '../../src/otlp/decode';
import { encodeTraces } from '../../src/otlp/encode';
import { logsFromJson, logsToJson, tracesFromJson, tracesToJson } from '../../src/otlp/json';
import {
  decodeMessage,
  encodeMessage,
  frame,
  keyValues,
  nestedAttribute,
  requestOf,
  spanMessage,
  toKeyValues,
  toSpanMessage,
} from './oracle';

const id = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331' };

function good<T>(decoded: Decoded<T> | Malformed): readonly T[] {
  if ('malformed' in decoded) throw new Error(decoded.malformed);
  return decoded.items;
}

function bodyOf(result: { body: Uint8Array } | Malformed): Uint8Array {
  if ('malformed' in result) throw new Error(result.malformed);
  return result.body;
}

/** The spans of a JSON request with these. */
function spansOf(...spans: readonly object[]) {
  const text = JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] });
  return good(decodeTraces(bodyOf(tracesFromJson(text)))).map(({ span }) => span);
}

function valueOf(value: unknown): unknown {
  return spansOf({ ...id, attributes: [{ key: 'k', value }] })[0]?.attributes.get('k');
}

describe('JSON to protobuf', () => {
  test('the example of the protocol', () => {
    const [span] = spansOf({
      traceId: '5B8EFFF798038103D269B633813FC60C',
      spanId: 'EEE19B7EC3C1B174',
      parentSpanId: 'EEE19B7EC3C1B173',
      name: "I'm a server span",
      startTimeUnixNano: '1544712660000000000',
      endTimeUnixNano: '1544712661000000000',
      kind: 2,
      attributes: [{ key: 'my.span.attr', value: { stringValue: 'some value' } }],
      status: { code: 2, message: 'no' },
      events: [{ timeUnixNano: '1544712660300000000', name: 'e' }],
      links: [{ ...id, attributes: [{ key: 'l', value: { intValue: '7' } }] }],
    });
    expect(span).toMatchObject({
      traceId: '5b8efff798038103d269b633813fc60c',
      spanId: 'eee19b7ec3c1b174',
      parentSpanId: 'eee19b7ec3c1b173',
      startTime: 1544712660000000,
      endTime: 1544712661000000,
      role: 'server',
      status: 'error',
      statusMessage: 'no',
    });
    expect(span?.events[0]?.time).toBe(1544712660300000);
    expect(span?.links[0]).toMatchObject(id);
    expect(span?.links[0]?.attributes.get('l')).toBe(7);
  });

  test.each<[unknown, unknown]>([
    [{ stringValue: '' }, ''],
    [{ string_value: 'snake' }, 'snake'],
    [{ boolValue: false }, false],
    [{ intValue: '-9223372036854775808' }, '-9223372036854775808'],
    [{ intValue: 42 }, 42],
    [{ intValue: '0' }, 0],
    [{ intValue: 'much' }, null],
    [{ doubleValue: 'NaN' }, NaN],
    [{ doubleValue: '-Infinity' }, -Infinity],
    [{ doubleValue: 0 }, 0],
    [{ bytesValue: 'AQID' }, Uint8Array.of(1, 2, 3)],
    [{ arrayValue: {} }, []],
    [{ arrayValue: { values: [{ intValue: 1 }, {}] } }, [1, null]],
    [{ kvlistValue: { values: [{ key: '__proto__', value: { boolValue: true } }] } }, 'own'],
    [{}, null],
    ['bare', 'bare'],
    [1.5, 1.5],
    [3, 3],
    [true, true],
    [
      ['a', 1],
      ['a', 1],
    ],
    [{ futureValue: 1 }, null],
  ])('the value %j is read as %j', (sent, read) => {
    const value = valueOf(sent);
    if (read === 'own') expect(Object.entries(value as object)).toEqual([['__proto__', true]]);
    else expect(value).toEqual(read);
  });

  test('what generic and hand-written senders do otherwise is understood', () => {
    const text = JSON.stringify({
      resource_spans: [
        {
          resource: { attributes: [{ key: 'service.name', value: { string_value: 's' } }] },
          instrumentationLibrarySpans: [
            {
              instrumentationLibrary: { name: 'old', version: '1' },
              spans: [
                {
                  trace_id: Buffer.from(id.traceId, 'hex').toString('base64'),
                  span_id: Buffer.from(id.spanId, 'hex').toString('base64'),
                  parent_span_id: null,
                  kind: 'SPAN_KIND_CLIENT',
                  start_time_unix_nano: 1544712660000000000,
                  status: { code: 'STATUS_CODE_ERROR' },
                },
              ],
            },
          ],
        },
      ],
    });
    const [item] = good(decodeTraces(bodyOf(tracesFromJson(text))));
    expect(item?.span).toMatchObject({ ...id, role: 'client', status: 'error' });
    expect(item?.span.startTime).toBe(1544712660000000);
    expect(item?.span.scope).toMatchObject({ name: 'old', version: '1' });
    expect(item?.span.resource.get('service.name')).toBe('s');
  });

  test('log records', () => {
    const text = JSON.stringify({
      resourceLogs: [
        {
          scopeLogs: [
            {
              logRecords: [
                { ...id, body: { stringValue: 'b' }, severityNumber: 'SEVERITY_NUMBER_INFO2' },
                { ...id, eventName: 'gen_ai.choice', observedTimeUnixNano: '5000' },
              ],
            },
          ],
        },
      ],
    });
    const logs = good(decodeLogs(bodyOf(logsFromJson(text)))).map(({ log }) => log);
    expect(logs[0]).toMatchObject({ ...id, body: 'b', severity: 10 });
    expect(logs[1]).toMatchObject({ eventName: 'gen_ai.choice', time: 5 });
  });

  test.each([
    ['', 'not JSON'],
    ['[]', 'not a JSON object'],
    ['null', 'not a JSON object'],
    ['{"resourceSpans":{}}', "'resourceSpans' is not a list"],
    ['{"resourceSpans":[{"scopeSpans":[{"spans":["x"]}]}]}', "'spans' is not an object"],
    [`${'['.repeat(200_000)}`, 'not JSON'],
  ])('%.40s is malformed: %s', (text, problem) => {
    expect(JSON.stringify(tracesFromJson(text))).toContain(problem);
  });

  test.each(['{}', '{"resourceSpans":[]}', '{"resourceLogs":[{}]}'])('%s is empty', (text) => {
    expect(good(decodeTraces(bodyOf(tracesFromJson(text))))).toEqual([]);
  });

  test('ids of a wrong length are rejected, the others kept', () => {
    const wrong = ['', 'abc', `${id.traceId}00`, 'not hex at all', '0'.repeat(32)];
    const spans = [...wrong.map((traceId) => ({ ...id, traceId, startTimeUnixNano: '5' })), id];
    expect(spansOf(...spans)).toHaveLength(1);
  });

  test('100,000 levels are cut like 65', () => {
    for (const levels of [65, 100_000]) {
      const nested = '{"arrayValue":{"values":['.repeat(levels) + ']}}'.repeat(levels);
      const text = JSON.stringify({
        resourceSpans: [{ scopeSpans: [{ spans: [{ ...id, attributes: [{ key: 'k' }] }] }] }],
      }).replace('{"key":"k"}', `{"key":"k","value":${nested}}`);
      const [item] = good(decodeTraces(bodyOf(tracesFromJson(text))));
      expect(item?.span.droppedAttributes).toBe(1);
      expect(JSON.stringify(item?.span.attributes.get('k'))).toContain(tooDeep);
    }
  });
});

describe('protobuf to JSON and back', () => {
  test('loses nothing', () => {
    fc.assert(
      fc.property(fc.array(spanMessage, { maxLength: 3 }), keyValues, (spans, attributes) => {
        const origin = { resource: { attributes: toKeyValues(attributes) } };
        const body = requestOf(spans.map(toSpanMessage), origin);
        const records = good(decodeTraces(body)).map((item) => item.record);
        const text = JSON.stringify(tracesToJson(records));
        const again = bodyOf(tracesFromJson(text));
        const expected = decodeMessage('ExportTraceServiceRequest', encodeTraces(records));
        expect(withoutDefaults(decodeMessage('ExportTraceServiceRequest', again))).toEqual(
          withoutDefaults(expected),
        );
      }),
      { numRuns: 200 },
    );
  });

  test('keeps nanoseconds and large integers as text', () => {
    const body = requestOf([
      {
        traceId: Buffer.from(id.traceId, 'hex'),
        spanId: Buffer.from(id.spanId, 'hex'),
        startTimeUnixNano: '1700000000123456789',
        attributes: [{ key: 'n', value: { intValue: '9007199254740993' } }],
        flags: 257,
      },
    ]);
    expect(tracesToJson(good(decodeTraces(body)).map(({ record }) => record))).toEqual({
      resourceSpans: [
        {
          resource: {},
          scopeSpans: [
            {
              scope: { name: 'test' },
              spans: [
                {
                  ...id,
                  startTimeUnixNano: '1700000000123456789',
                  attributes: [{ key: 'n', value: { intValue: '9007199254740993' } }],
                  flags: 257,
                },
              ],
            },
          ],
        },
      ],
    });
  });

  test('log records go the same way', () => {
    const body = encodeMessage('ExportLogsServiceRequest', {
      resourceLogs: [
        {
          scopeLogs: [
            { logRecords: [{ traceId: Buffer.from(id.traceId, 'hex'), severityNumber: 9 }] },
          ],
        },
      ],
    });
    const json = logsToJson(good(decodeLogs(body)).map(({ record }) => record));
    expect(json.resourceLogs[0]).toMatchObject({
      scopeLogs: [{ logRecords: [{ traceId: id.traceId, severityNumber: 9 }] }],
    });
    expect(good(decodeLogs(bodyOf(logsFromJson(JSON.stringify(json)))))).toHaveLength(1);
  });

  test('of broken or endless bytes, what can be read', () => {
    const none = new Uint8Array();
    const span = Buffer.concat([frame(5, Buffer.from('name')), Buffer.from([0xff])]);
    const deep = frame(9, nestedAttribute('deep', 5, 10_000));
    const json = tracesToJson([
      { span, resource: span, scope: none },
      { span: deep, resource: none, scope: none },
    ]);
    expect(json.resourceSpans).toHaveLength(2);
    expect(JSON.stringify(json)).toContain('"name":"name"');
    expect(JSON.stringify(json)).toContain(tooDeep);
  });
});

/** Fields with their default value may be on the wire or not; it means the same. */
function withoutDefaults(json: unknown): unknown {
  if (json instanceof Uint8Array) return Buffer.from(json).toString('hex');
  if (Array.isArray(json)) return json.map(withoutDefaults);
  if (typeof json !== 'object' || json === null) return json;
  return Object.fromEntries(
    Object.entries(json).flatMap(([key, value]) => {
      const isDefault = value === '' || value === 0 || value === '0' || isEmpty(value);
      return isDefault && !key.endsWith('Value') ? [] : [[key, withoutDefaults(value)]];
    }),
  );
}

function isEmpty(value: unknown): boolean {
  return value instanceof Uint8Array && value.length === 0;
}
