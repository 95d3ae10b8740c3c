import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { control, summarise } from '../../src/dialects/observe';
import { decodeTraces } from '../../src/otlp/decode';
import { maskTraces } from '../../src/otlp/mask';
import type { Span } from '../../src/model/span';
import {
  batchSpans,
  bytesOf,
  liveLanes,
  makeBatches,
  makeLargeTrace,
  makeLive,
  spansOf,
  stamp,
} from '../../bench/workload';

const batches = makeBatches(4);

function spansIn(body: Uint8Array): readonly Span[] {
  const decoded = decodeTraces(body);
  if ('malformed' in decoded) throw new Error(decoded.malformed);
  expect(decoded.rejected).toBe(0);
  return decoded.items.map(({ span }) => span);
}

test('the same bytes in every run', () => {
  const hashOf = (body: Buffer) => createHash('sha1').update(body).digest('hex');
  expect(makeBatches(1).map(({ body }) => hashOf(body))).toEqual(
    batches.slice(0, 1).map(({ body }) => hashOf(body)),
  );
});

test('spans are as described: 25 attributes, about 7 KB, model calls, tools and agents', () => {
  const spans = batches.flatMap(({ body }) => spansIn(body));
  expect(spans).toHaveLength(4 * batchSpans);
  expect(new Set(spans.map(({ attributes }) => [...attributes.keys()].length))).toEqual(
    new Set([25]),
  );
  expect(bytesOf(batches) / spansOf(batches)).toBeGreaterThan(6000);
  expect(bytesOf(batches) / spansOf(batches)).toBeLessThan(8000);
  const rows = spans.flatMap((span) => control(span) ?? []).map(summarise);
  const share = (test: (row: (typeof rows)[number]) => boolean) =>
    rows.filter(test).length / rows.length;
  expect(share(({ kind }) => kind === 'generation')).toBeCloseTo(0.3, 1);
  expect(share(({ kind }) => kind === 'tool')).toBeCloseTo(0.45, 1);
  expect(share(({ kind }) => kind === 'agent')).toBeCloseTo(0.25, 1);
  expect(share(({ status }) => status === 'error')).toBeCloseTo(0.03, 1);
  expect(rows.every(({ kind, cost }) => kind !== 'generation' || cost !== undefined)).toBe(true);
});

test('some spans hold what must be masked', () => {
  const [first] = batches;
  expect(first && maskTraces(stamp(first, 0))).toBeGreaterThan(0);
});

test('a stamp moves a request to other traces and a later time, and nothing else', () => {
  const [first] = batches;
  if (!first) throw new Error('no batch');
  const before = spansIn(first.body);
  const after = spansIn(stamp(first, 3));
  expect(after.map(({ spanId, parentSpanId }) => [spanId, parentSpanId])).toEqual(
    before.map(({ spanId, parentSpanId }) => [spanId, parentSpanId]),
  );
  const seconds = after.map(({ startTime }, i) => (startTime - (before[i]?.startTime ?? 0)) / 1e6);
  expect(new Set(seconds)).toEqual(new Set([3 * 7200]));
  const ids = (spans: readonly Span[]) => new Set(spans.map(({ traceId }) => traceId));
  expect(ids(after).size).toBe(ids(before).size);
  expect([...ids(after)].filter((id) => ids(before).has(id))).toEqual([]);
  expect(stamp(first, 0).equals(first.body)).toBe(true);
});

test('live requests hold 1 to 5 spans of one trace, in as many lanes as there are agents', () => {
  const lanes = makeLive(3000);
  const requests = lanes.flat();
  expect(lanes).toHaveLength(liveLanes);
  expect(spansOf(requests)).toBeGreaterThanOrEqual(3000);
  for (const { body, spans } of requests) {
    expect(spans.length).toBeGreaterThanOrEqual(1);
    expect(spans.length).toBeLessThanOrEqual(5);
    expect(new Set(spansIn(body).map(({ traceId }) => traceId)).size).toBe(1);
  }
});

test('a large trace has as many spans as asked for', () => {
  const large = makeLargeTrace(300);
  expect(large.spans).toHaveLength(300);
  expect(new Set(spansIn(large.body).map(({ traceId }) => traceId)).size).toBe(1);
});
