import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Budget, deliver } from '../../src/otlp/delivery';
import { decodeSpan } from '../../src/otlp/decode';
import { tracesToJson } from '../../src/otlp/json';
import { logRecord, logsRequest, span, tracesRequest } from '../../src/otlp/schema';
import { Recorder } from './listening';

const names = [tracesRequest, logsRequest, span, logRecord].flatMap(({ fields }) =>
  fields.map(([name]) => name),
);

/** JSON that is an export request in its outline, with anything at all for values. */
const { request } = fc.letrec<{ request: object; value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 6 },
    fc.jsonValue(),
    fc.constantFrom('-1', '1e400', '99999999999999999999999', 1e300, -0, '0x10', 'AAAA', '☃'),
    tie('request'),
    fc.array(tie('request'), { maxLength: 3 }),
  ),
  request: fc.dictionary(
    fc.constantFrom(
      ...names,
      ...['scopeSpans', 'scopeLogs', 'spans', 'logRecords', 'key', 'value', 'values', 'scope'],
      ...['stringValue', 'intValue', 'doubleValue', 'boolValue', 'bytesValue', 'arrayValue'],
      ...['kvlistValue', 'resource', 'time_unix_nano', '__proto__'],
    ),
    tie('value'),
    { maxKeys: 8 },
  ),
}));

const attribute = (text: string, key = 'glassbox.run.id') => ({
  key,
  value: { stringValue: text },
});

describe('whatever comes', () => {
  test.each(['traces', 'logs', 'metrics'] as const)('as %s, nothing throws', async (signal) => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(request, fc.jsonValue()), async (json) => {
        const recorder = new Recorder();
        const body = Buffer.from(JSON.stringify(json));
        const taken = await deliver({ signal, format: 'json', body }, { handler: recorder });
        expect('malformed' in taken || taken.rejected >= 0).toBe(true);
        JSON.stringify(tracesToJson(recorder.spans.map((item) => item.record)));
      }),
      { numRuns: 500 },
    );
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (body) => {
        for (const format of ['protobuf', 'json'] as const) {
          await deliver({ signal, format, body }, { handler: new Recorder() });
        }
      }),
      { numRuns: 500 },
    );
  });

  test.each<{ runId?: string; attributes: readonly object[]; expected?: string }>([
    { runId: 'r-1', attributes: [], expected: 'r-1' },
    { runId: 'r-1', attributes: [attribute('r-2')], expected: 'r-2' },
    { attributes: [] },
  ])('the run that the path names is added where the resource names none: %o', async (one) => {
    const { runId, attributes, expected } = one;
    const recorder = new Recorder();
    const spans = ['a', 'b'].map((letter) => ({
      ...{ traceId: letter.repeat(32), spanId: letter.repeat(16), name: letter },
    }));
    const resource = { attributes: [...attributes, attribute('desk', 'service.name')] };
    const json = { resourceSpans: [{ resource, scopeSpans: [{ spans }] }] };
    const body = Buffer.from(JSON.stringify(json));
    await deliver({ signal: 'traces', format: 'json', body, runId }, { handler: recorder });
    expect(recorder.spans.map(({ span }) => span.name)).toEqual(['a', 'b']);
    for (const { span, record } of recorder.spans) {
      for (const { resource } of [span, decodeSpan(record)]) {
        expect(resource.get('glassbox.run.id')).toBe(expected);
        expect(resource.get('service.name')).toBe('desk');
      }
    }
  });

  test('a user’s own patterns are masked too', async () => {
    const recorder = new Recorder();
    const body = Buffer.from('{"resourceSpans":[]}');
    const seen: number[] = [];
    const mask = (bytes: Uint8Array) => seen.push(bytes.length);
    await deliver({ signal: 'traces', format: 'json', body }, { handler: recorder, mask });
    await deliver({ signal: 'logs', format: 'json', body }, { handler: recorder, mask });
    expect(seen).toEqual([0, 0]);
  });
});

test('a budget gives no more than it has, and gets it back', () => {
  const budget = new Budget(10);
  expect([budget.take(6), budget.take(5), budget.take(4), budget.take(1)]).toEqual([
    true,
    false,
    true,
    false,
  ]);
  budget.giveBack(6);
  expect(budget.take(6)).toBe(true);
});
