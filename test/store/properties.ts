import fc from 'fast-check';
import {
  observationFields,
  traceFields,
  type Comparison,
  type Filter,
} from '../../src/model/filter';
import { silenceLimit } from '../../src/model/rollup';
import type { SpanDelivery, StoreBatch, TraceStore } from '../../src/store/traceStore';
import { batch, delivery, log, newYear, plain, running, textOf, type SpanSeed } from './build';

/** Everything a store shows, in a comparable form. */
export async function everythingIn(store: TraceStore) {
  const traces = await store.traces({ limit: 1000 });
  return Promise.all(
    traces.map(async (trace) => {
      const rows = await store.rows(trace.traceId);
      const ids = rows.map((row) => row.spanId);
      const records = await store.records(trace.traceId, ids);
      return plain({
        id: trace.traceId,
        trace,
        alone: await store.trace(trace.traceId),
        rows,
        records: records
          .map(({ spanId, deliveries }) => [
            spanId,
            deliveries.map((record) =>
              [record.span, record.resource, record.scope].map(textOf).join('|'),
            ),
          ])
          .sort(),
        logs: (await store.logs(trace.traceId)).map(({ log: bytes }) => textOf(bytes)),
      });
    }),
  );
}

const seeds: fc.Arbitrary<SpanSeed> = fc.record(
  {
    trace: fc.nat(2),
    span: fc.nat(5),
    parent: fc.nat(5),
    startTime: fc.integer({ min: newYear, max: newYear + 3 }),
    endTime: fc.integer({ min: newYear, max: newYear + 3 }),
    body: fc.constantFrom('', 'x', 'y'),
    service: fc.constantFrom('a', 'b'),
    kind: fc.constantFrom('agent', 'generation', 'tool'),
    status: fc.constantFrom('ok', 'error'),
    ai: fc.boolean(),
    tags: fc.subarray(['t', 'u']),
    usage: fc.record({ input: fc.nat(9) }),
    cost: fc.record({ total: fc.double({ min: 0, max: 1, noNaN: true }) }),
    sessionId: fc.constantFrom('s1', 's2'),
    traceName: fc.constantFrom('n1', 'n2'),
    name: fc.constantFrom('Search', 'search_web', 'a%b', ''),
    model: fc.constantFrom('gpt-5', 'claude'),
    requestedModel: fc.constantFrom('gpt', 'claude'),
    agentName: fc.constantFrom('triage', 'Triage'),
    toolName: fc.constantFrom('search', 's*'),
    userId: fc.constantFrom('alice', 'bob\\_'),
    run: fc.record({ runId: fc.constantFrom('r1', 'r2') }),
  },
  { requiredKeys: ['trace', 'span'] },
);

const spanDeliveries: fc.Arbitrary<SpanDelivery> = fc
  .tuple(seeds, fc.boolean())
  .map(([seed, runs]) => (runs ? running(seed) : delivery(seed)));

const logDeliveries = fc
  .record({ trace: fc.nat(2), body: fc.constantFrom('l', 'm'), time: fc.nat(2) })
  .map(({ trace, body, time }) => log({ trace, body, time: newYear + time }));

type Item = { readonly span: SpanDelivery } | { readonly log: ReturnType<typeof log> };

const items: fc.Arbitrary<readonly Item[]> = fc.array(
  fc.oneof(
    { weight: 5, arbitrary: spanDeliveries.map((span) => ({ span })) },
    { weight: 1, arbitrary: logDeliveries.map((made) => ({ log: made })) },
  ),
  { minLength: 1, maxLength: 30 },
);

/** The same deliveries once in one batch, once shuffled, with repeats, in several batches. */
export const deliveriesInAnyOrder = items.chain((all) =>
  fc
    .record({
      repeats: fc.array(fc.nat(all.length - 1), { maxLength: 10 }),
      order: fc.array(fc.nat(), { minLength: all.length + 10, maxLength: all.length + 10 }),
      cuts: fc.array(fc.nat(all.length), { maxLength: 6 }),
      tidyAfter: fc.nat(6),
    })
    .map(({ repeats, order, cuts, tidyAfter }) => {
      const repeated = [...all, ...repeats.flatMap((i) => all[i] ?? [])];
      const shuffled = repeated
        .map((item, i) => ({ item, key: order[i] ?? 0 }))
        .sort((a, b) => a.key - b.key)
        .map(({ item }) => item);
      return { inOrder: toBatch(all), shuffled: split(shuffled, cuts).map(toBatch), tidyAfter };
    }),
);

function split<T>(all: readonly T[], cuts: readonly number[]): readonly (readonly T[])[] {
  const places = [0, ...[...cuts].sort((a, b) => a - b), all.length];
  return places.slice(1).map((end, i) => all.slice(places[i], end));
}

function toBatch(all: readonly Item[]): StoreBatch {
  return batch(
    all.flatMap((item) => ('span' in item ? item.span : [])),
    { logs: all.flatMap((item) => ('log' in item ? item.log : [])) },
  );
}

const texts = ['search', 's*', '*a*', '*', 'a%b', '_earch', 'gpt-5', 'gpt*', 'TRIAGE', 'alice'];
const words = [
  ...texts,
  'gpt',
  'bob\\_',
  '',
  't',
  's1',
  'a',
  'ok',
  'error',
  '*r*',
  'tool',
  'true',
  '*e',
];
const comparisons = fc.constantFrom<Comparison[]>(':', '=', '<', '<=', '>', '>=');
const fieldNames = [...traceFields, ...observationFields].filter(
  (field) => !['attr', 'metadata', 'score'].includes(field),
);

const fieldTests: fc.Arbitrary<Filter> = fc.record({
  type: fc.constant('field' as const),
  field: fc.constantFrom(...fieldNames),
  comparison: comparisons,
  value: fc.oneof(
    fc.constantFrom(...words),
    fc.constantFrom(0, 1, 2, 3, 0.5, silenceLimit, 2 * silenceLimit),
  ),
  position: fc.constant(0),
});

/** Any filter that rows can answer. */
export const filters: fc.Arbitrary<Filter> = fc.letrec<{ filter: Filter }>((tie) => ({
  filter: fc.oneof(
    { maxDepth: 3 },
    { weight: 3, arbitrary: fieldTests },
    fc.record({
      type: fc.constantFrom('and', 'or'),
      operands: fc.array(tie('filter'), { maxLength: 3 }),
    }),
    fc.record({ type: fc.constant('not' as const), operand: tie('filter') }),
    fc.record({
      type: fc.constant('span' as const),
      operand: tie('filter'),
      position: fc.constant(0),
    }),
  ),
})).filter;
