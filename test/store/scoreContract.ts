import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { TraceStore } from '../../src/store/traceStore';
import { batch, delivery, newYear, spanIdOf, traceIdOf } from './build';
import type { OpenPair, StorePair } from './contract';

/** What every `TraceStore` must do with scores given by hand. */
export function scoreContract(name: string, open: OpenPair): void {
  let pair: StorePair;
  let store: TraceStore;
  let reader: TraceStore;
  let now = newYear;

  beforeEach(async () => {
    now = newYear;
    pair = await open(() => now);
    ({ store, reader } = pair);
  });
  afterEach(() => pair.dispose());

  describe(`${name}: scores given by hand`, () => {
    test('are kept by name and observation, replaced, removed, and outlive what is sent', async () => {
      await store.add(batch([delivery({ span: 0 }), delivery({ span: 1 })]));
      const id = traceIdOf(0);
      const ofSpan = { spanId: spanIdOf(1), name: 'tone', label: 'kind', comment: 'so kind' };
      expect(await store.setScore(id, ofSpan)).toBe(true);
      expect(await store.setScore(id, { name: 'thumbs', value: 0 })).toBe(true);
      now += 5;
      expect(await store.setScore(id, { name: 'thumbs', value: 1 })).toBe(true);
      expect(await store.setScore(id, { name: 'note', comment: 'see this' })).toBe(true);
      expect(await store.setScore(traceIdOf(9), { name: 'thumbs', value: 1 })).toBe(false);
      await store.add(batch([delivery({ span: 1, body: 'again' })]));
      const expected = [
        { name: 'note', comment: 'see this', time: newYear + 5 },
        { name: 'thumbs', value: 1, time: newYear + 5 },
        { ...ofSpan, time: newYear },
      ];
      expect(await reader.scores(id)).toEqual(expected);
      expect(await reader.allScores()).toEqual(expected.map((one) => ({ traceId: id, ...one })));
      await store.removeScore(id, { name: 'thumbs' });
      await store.removeScore(id, { name: 'tone' });
      expect(await reader.scores(id)).toEqual([expected[0], expected[2]]);
    });

    test('go with their trace, and come back with it', async () => {
      await store.add(batch([delivery()]));
      await store.setScore(traceIdOf(0), { name: 'thumbs', value: 1 });
      await store.remove([traceIdOf(0)]);
      expect(await reader.scores(traceIdOf(0))).toEqual([]);
      expect(await reader.allScores()).toEqual([]);
      await store.restore([traceIdOf(0)]);
      expect(await reader.scores(traceIdOf(0))).toHaveLength(1);
      await store.remove([traceIdOf(0)]);
      await store.purge();
      await store.add(batch([delivery()]));
      expect(await reader.scores(traceIdOf(0))).toEqual([]);
    });

    test('keep their trace when the oldest are deleted', async () => {
      for (let trace = 0; trace < 3; trace++) await store.add(batch([delivery({ trace })]));
      await store.setScore(traceIdOf(1), { name: 'note', comment: 'keep' });
      expect(await store.shrinkTo(0)).toEqual([traceIdOf(0), traceIdOf(2)]);
      expect((await reader.traces({ limit: 9 })).map(({ traceId }) => traceId)).toEqual([
        traceIdOf(1),
      ]);
    });
  });
}
