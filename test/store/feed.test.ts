import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { silentLog } from '../../src/base/log';
import type { StoreFeed } from '../../src/store/feed';
import { openStoreFeed } from '../../src/store/sqlite/feed';
import { openSqliteStore } from '../../src/store/sqlite/open';
import type { TraceStore } from '../../src/store/traceStore';
import { batch, delivery, derivedBy, log, newYear, reread, tidyAll, traceIdOf } from './build';

let folder: string;
let store: TraceStore;
let feed: StoreFeed;
let now = newYear;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'glassbox-feed-'));
  const file = join(folder, 'g.db');
  now = newYear;
  store = await openSqliteStore({
    ...{ file, mode: 'write', reread, derivedBy, now: () => now, log: silentLog },
  });
  feed = openStoreFeed(file);
});
afterEach(async () => {
  feed.close();
  await store.close();
  rmSync(folder, { recursive: true });
});

/** What arrives behind the cursor: trace and spans, deliveries and logs counted. */
function arrived(cursor: number, caughtUp = 0) {
  return feed.read(cursor, caughtUp, ({ traces, ...part }) => ({
    ...part,
    traces: traces.map(({ traceId, spans }) => [
      traceId,
      [...spans].map(({ spanId, deliveries, logs }) => [
        Number(spanId) - 1,
        deliveries.length,
        logs.length,
      ]),
    ]),
  }));
}

test('gives what has arrived, in order, and goes on from there', async () => {
  expect(arrived(0)).toEqual({ traces: [], cursor: 0, atEnd: true });
  await store.add(batch([delivery({ span: 0 }), delivery({ trace: 1, span: 1 })]));
  const first = arrived(0);
  expect(first.traces).toEqual([
    [traceIdOf(0), [[0, 1, 0]]],
    [traceIdOf(1), [[1, 1, 0]]],
  ]);
  expect(feed.state().end).toBe(first.cursor);
  await store.add(batch([delivery({ span: 0, body: 'again' }), delivery({ span: 2 })]));
  const second = arrived(first.cursor);
  expect(second.traces).toEqual([
    [
      traceIdOf(0),
      [
        [0, 2, 0],
        [2, 1, 0],
      ],
    ],
  ]);
  await store.add(batch([], { logs: [log({ span: 2 })] }));
  expect(arrived(second.cursor).traces).toEqual([[traceIdOf(0), [[2, 1, 1]]]]);
  expect(feed.waiting(second.cursor, 0, 5)).toEqual([traceIdOf(0)]);
  expect(feed.waiting(0, 0, 1)).toBeUndefined();
});

test('what was packed anew is left out by who had seen it all, and by nobody else', async () => {
  for (let span = 0; span < 3; span++) await store.add(batch([delivery({ span })]));
  const { cursor } = arrived(0);
  now += 60_000_000;
  await tidyAll(store);
  expect(arrived(cursor, cursor)).toMatchObject({ traces: [], atEnd: true });
  expect(feed.waiting(cursor, cursor, 5)).toEqual([]);
  const spans = [0, 1, 2].map((span) => [span, 1, 0]);
  expect(arrived(0).traces).toEqual([[traceIdOf(0), spans]]);
  expect(arrived(cursor, cursor - 1).traces).toEqual([[traceIdOf(0), spans]]);
});

test('neither a trace nor what it holds takes the number of a deleted one', async () => {
  await store.add(batch([delivery({ trace: 0 }), delivery({ trace: 1 })]));
  const before = feed.state();
  const numbers = feed.traceNumbers();
  await store.remove([traceIdOf(1)]);
  await store.purge();
  expect(feed.state()).toMatchObject({ end: before.end, deletions: before.deletions + 1 });
  await store.add(batch([delivery({ trace: 2 })]));
  expect(arrived(before.end).traces).toEqual([[traceIdOf(2), [[0, 1, 0]]]]);
  const [kept, made] = feed.traceNumbers();
  expect(numbers).toContain(kept);
  expect(numbers).not.toContain(made);
});

test('each store has a name of its own', async () => {
  const file = join(folder, 'other.db');
  const options = { file, mode: 'write', reread, derivedBy, log: silentLog } as const;
  await (await openSqliteStore(options)).close();
  const other = openStoreFeed(file);
  expect(other.state().store).not.toBe(feed.state().store);
  other.close();
});
