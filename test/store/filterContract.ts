import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { UserError } from '../../src/base/errors';
import type { Filter } from '../../src/model/filter';
import { matchesTrace } from '../../src/model/filterMatch';
import type { ObservationSummary } from '../../src/model/observation';
import { silenceLimit } from '../../src/model/rollup';
import { batch, delivery, newYear, traceIdOf } from './build';
import type { OpenPair, StorePair } from './contract';
import { deliveriesInAnyOrder, filters } from './properties';

/** What every `TraceStore` must give for a filter. */
export function filterContract(name: string, open: OpenPair): void {
  let pair: StorePair;
  let now = newYear;

  beforeEach(async () => {
    pair = await open(() => now);
  });
  afterEach(() => pair.dispose());

  describe(`${name}: filters`, () => {
    test('what a list gives is what the model matches', async () => {
      const sample = fc.tuple(
        deliveriesInAnyOrder,
        fc.array(filters, { minLength: 60, maxLength: 90 }),
      );
      await fc.assert(
        fc.asyncProperty(sample, fc.boolean(), async ([{ inOrder }, asked], late) => {
          now = newYear + (late ? silenceLimit : 2);
          const one = await open(() => now);
          try {
            await one.store.add(inOrder);
            const all = await one.reader.traces({ limit: 100 });
            const rowsOf = new Map<string, readonly ObservationSummary[]>();
            for (const { traceId } of all) rowsOf.set(traceId, await one.reader.rows(traceId));
            for (const filter of asked.flatMap((each): Filter[] => [each, inOneSpan(each)])) {
              const matching = all.filter((trace) => {
                const rows = rowsOf.get(trace.traceId) ?? [];
                return matchesTrace(filter, trace, { rows, now });
              });
              expect(await one.reader.traces({ filter, limit: 100 })).toEqual(matching);
            }
          } finally {
            await one.dispose();
          }
        }),
        { numRuns: 30 },
      );
    });

    test('what rows cannot answer is refused with its position', async () => {
      const term = { type: 'field', comparison: ':', value: 1, position: 7 } as const;
      const cases: readonly (readonly [Filter, RegExp])[] = [
        [{ ...term, field: 'score', key: 'helpful' }, /score\.helpful.*not searchable yet.*8/],
        [{ ...term, field: 'attr', key: 'k' }, /attr\.k.*not searchable yet.*8/],
        [{ type: 'not', operand: { ...term, field: 'metadata', key: 'k' } }, /metadata\.k.*8/],
        [{ type: 'text', text: 'free', position: 3 }, /"free".*not searchable yet.*4/],
      ];
      for (const [filter, message] of cases) {
        const failure: unknown = await pair.reader
          .traces({ filter, limit: 1 })
          .catch((e: unknown) => e);
        expect(failure).toBeInstanceOf(UserError);
        expect(String(failure)).toMatch(message);
      }
    });

    test('traces of one run', async () => {
      const run = { runId: 'run', caseId: 'c' };
      await pair.store.add(batch([delivery({ trace: 0, run }), delivery({ trace: 1 })]));
      await pair.store.add(batch([delivery({ trace: 2, run: { runId: 'other' } })]));
      const traces = await pair.reader.traces({ runId: 'run', limit: 9 });
      expect(traces.map(({ traceId }) => traceId)).toEqual([traceIdOf(0)]);
    });
  });
}

function inOneSpan(operand: Filter): Filter {
  return { type: 'span', operand, position: 0 };
}
