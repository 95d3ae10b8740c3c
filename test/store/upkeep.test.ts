import { closeSync, mkdtempSync, openSync, rmSync, statSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { deflateRawSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { silentLog } from '../../src/base/log';
import { rollUp } from '../../src/model/rollup';
import { codecs, pack, unpack } from '../../src/store/sqlite/codec';
import { openSqliteStore, type SqliteStoreOptions } from '../../src/store/sqlite/open';
import { listStatement } from '../../src/store/sqlite/traceList';
import type { TraceStore } from '../../src/store/traceStore';
import {
  batch,
  bytesOf,
  delivery,
  derivedBy,
  log,
  newYear,
  plain,
  reread,
  running,
  second,
  spanIdOf,
  textOf,
  tidyAll,
  traceIdOf,
} from './build';
import { everythingIn } from './properties';

let folder: string;
let file: string;
let now: number;
const opened: TraceStore[] = [];

beforeEach(() => {
  now = newYear;
  folder = mkdtempSync(join(tmpdir(), 'glassbox-upkeep-'));
  file = join(folder, 'traces.db');
});
afterEach(async () => {
  for (const store of opened.splice(0).reverse()) await store.close();
  rmSync(folder, { recursive: true });
});

const open = async (more: Partial<SqliteStoreOptions> = {}) => {
  const store = await openSqliteStore({
    ...{ file, mode: 'write', reread, derivedBy, log: silentLog, now: () => now },
    ...more,
  });
  opened.push(store);
  return store;
};

/** The first column of the first row, through a connection of the test's own. */
function ask(sql: string): unknown {
  const database = new DatabaseSync(file);
  const row = database.prepare(sql).get();
  database.close();
  return Object.values(row ?? {})[0];
}

const noise = (length: number) =>
  Array.from({ length }, () => Math.random().toString(36).charAt(2)).join('');

const spans = (from: number, to: number, trace = 0) =>
  Array.from({ length: to - from }, (_, i) => delivery({ trace, span: from + i }));

describe('a large trace', () => {
  const expected = async (store: TraceStore, updatedTime = newYear) => {
    const facts = { starred: false, updatedTime, derivedBy };
    return plain(rollUp(await store.rows(traceIdOf(0)), facts));
  };

  test('is marked when it is not rolled up, and never shown as it was before', async () => {
    const store = await open();
    await store.add(batch(spans(0, 300)));
    await store.add(batch([delivery({ trace: 1 }), delivery({ trace: 2 })]));
    const reader = await open({ mode: 'read' });
    const failed = delivery({ span: 400, status: 'error', startTime: newYear + 90 * second });
    const early = delivery({ span: 401, startTime: newYear + 1.5 * second });
    await store.add(batch([failed, early], { receivedTime: newYear + 1 }));
    expect(ask('SELECT count(*) FROM traces WHERE dirty = 1')).toBe(1);
    const shown = await expected(reader, newYear + 1);
    expect(shown).toMatchObject({ observationCount: 302, status: 'error' });
    expect(plain(await reader.trace(traceIdOf(0)))).toEqual(shown);
    const failing = { type: 'field', field: 'status', comparison: ':', position: 0 } as const;
    const found = await reader.traces({ filter: { ...failing, value: 'error' }, limit: 9 });
    expect(plain(found)).toEqual([shown]);
    const ids = (await reader.traces({ limit: 2 })).map(({ traceId }) => traceId);
    expect(ids).toEqual([2, 1].map(traceIdOf));
    expect(ask('SELECT count(*) FROM traces WHERE dirty = 1')).toBe(1);
    expect(plain(await store.trace(traceIdOf(0)))).toEqual(shown);
    expect(ask('SELECT count(*) FROM traces WHERE dirty = 1')).toBe(0);
    expect(plain(await reader.trace(traceIdOf(0)))).toEqual(shown);
  });

  test('is rolled up again when its time has come, or in a quiet moment', async () => {
    const store = await open();
    await store.add(batch(spans(0, 300)));
    await store.add(batch(spans(300, 301)));
    expect(ask('SELECT dirty FROM traces')).toBe(1);
    now += 3600 * second;
    await store.add(batch(spans(301, 302)));
    expect(ask('SELECT dirty FROM traces')).toBe(0);
    await store.add(batch(spans(302, 303)));
    expect(ask('SELECT dirty FROM traces')).toBe(1);
    await tidyAll(store);
    expect(ask('SELECT dirty FROM traces')).toBe(0);
  });

  test('of a huge one a reader may show the roll-up again, but never its facts', async () => {
    const store = await open();
    const reader = await open({ mode: 'read' });
    await store.add(batch(spans(0, 5_100)));
    const add = (span: number) => store.add(batch([delivery({ span })]));
    const count = async () => (await reader.trace(traceIdOf(0)))?.observationCount;
    await add(6_000);
    expect(await count()).toBe(5_101);
    await add(6_001);
    expect(await count()).toBe(5_101);
    await store.setStarred(traceIdOf(0), true);
    expect((await reader.traces({ limit: 9 })).map(({ starred }) => starred)).toEqual([true]);
    await store.remove([traceIdOf(0)]);
    expect(await reader.traces({ limit: 9 })).toEqual([]);
    await store.restore([traceIdOf(0)]);
    now += 3 * second;
    expect(await count()).toBe(5_102);
    await tidyAll(store);
    expect(await count()).toBe(5_102);
  });

  test('above what is kept in memory stays right', async () => {
    const store = await open();
    await store.add(batch([...spans(0, 5_100), running({ span: 6_000 })]));
    const added = await store.add(
      batch([...spans(5_000, 5_110), delivery({ span: 6_000 }), delivery({ span: 7, body: 'b' })]),
    );
    expect(added).toMatchObject({ added: 10, replaced: 2, duplicates: 100 });
    const trace = await store.trace(traceIdOf(0));
    expect(trace?.observationCount).toBe(5_111);
    expect(plain(trace)).toEqual(await expected(store));
    expect(await store.rows(traceIdOf(0))).toHaveLength(5_111);
  });
});

describe('space', () => {
  const fill = async (store: TraceStore, count: number) => {
    for (let trace = 0; trace < count; trace++) {
      await store.add(batch([delivery({ trace, body: noise(40_000) })]));
    }
  };

  test('shrinking makes the file smaller, with a reader beside it', async () => {
    const store = await open();
    const reader = await open({ mode: 'read' });
    await fill(store, 60);
    await store.setStarred(traceIdOf(0), true);
    const before = await store.size();
    const goal = Math.round(before / 2);
    const deleted = await store.shrinkTo(goal);
    const onDisk = ['', '-wal'].reduce((sum, suffix) => sum + statSync(file + suffix).size, 0);
    expect(await store.size()).toBe(onDisk);
    expect(onDisk).toBeLessThanOrEqual(goal);
    expect(onDisk).toBeGreaterThan(goal / 2);
    expect(deleted).toEqual(deleted.map((_, i) => traceIdOf(i + 1)));
    const left = (await reader.traces({ limit: 99 })).map(({ traceId }) => traceId);
    expect(left).toHaveLength(60 - deleted.length);
    expect(left).toContain(traceIdOf(59));
    expect(left).toContain(traceIdOf(0));
    expect(ask('SELECT count(*) FROM chunks')).toBe(left.length);
    expect(ask('PRAGMA integrity_check')).toBe('ok');
  });

  test('purging gives the space of what was removed back', async () => {
    const store = await open();
    await fill(store, 30);
    await store.shrinkTo(Infinity);
    const before = await store.size();
    await store.remove(Array.from({ length: 25 }, (_, i) => traceIdOf(i)));
    await store.purge();
    expect(await store.size()).toBeLessThan(before / 3);
  });

  test('logs whose spans never come go after a day', async () => {
    const store = await open();
    await store.add(batch([], { logs: [log()] }));
    await store.purge();
    await store.add(batch([delivery({ trace: 1 })]));
    now += 2 * 24 * 3600 * second;
    await store.purge();
    expect(ask('SELECT group_concat(trace_id) FROM traces')).toBe(traceIdOf(1));
    expect(ask('SELECT count(*) FROM logs')).toBe(0);
  });

  test('what nothing refers to any more goes with its traces', async () => {
    const store = await open();
    const many = Array.from({ length: 1_000 }, (_, trace) =>
      delivery({ trace, name: `n${String(trace)}`, sessionId: `s${String(trace)}`, service: `r` }),
    );
    const other = { trace: 2_000, name: 'kept', sessionId: 'kept', service: 'kept' };
    await store.add(batch(many));
    await store.remove(many.map(({ summary }) => summary.traceId));
    await store.add(batch([delivery(other), delivery({ ...other, body: 'again' })]));
    await store.purge();
    for (const table of ['names', 'origins', 'shapes', 'spans', 'traces']) {
      expect([table, ask(`SELECT count(*) FROM ${table}`)]).toEqual([table, 1]);
    }
    expect(ask('SELECT count(*) FROM shared')).toBe(2);
    const records = await store.records(traceIdOf(2_000), [spanIdOf(0)]);
    expect(records[0]?.deliveries.map(({ resource }) => textOf(resource))).toEqual(
      Array(2).fill('resource of kept'),
    );
  });

  test('small chunks of a quiet trace become one, smaller', async () => {
    const store = await open();
    const story = noise(3_000);
    for (let span = 0; span < 40; span++) {
      await store.add(batch([running({ span, body: story })]));
      const logs = [log({ body: `${story}${String(span)}` })];
      await store.add(batch([delivery({ span, body: story })], { logs }));
    }
    await store.add(batch([delivery({ trace: 1 }), delivery({ trace: 1, body: 'second' })]));
    const before = await everythingIn(store);
    const packed = () => Number(ask('SELECT sum(length(data)) FROM chunks'));
    const bytes = packed();
    expect(await store.tidy()).toBe(false);
    expect(ask('SELECT count(*) FROM chunks WHERE trace = 1')).toBe(80);
    now += 11 * second;
    await tidyAll(store);
    expect(ask('SELECT count(*) FROM chunks WHERE trace = 1')).toBe(1);
    expect(ask('SELECT records FROM chunks WHERE trace = 1')).toBe(80);
    expect(packed()).toBeLessThan(bytes / 10);
    expect(await everythingIn(store)).toEqual(before);
  });

  test('what cannot be read is not merged away', async () => {
    const store = await open();
    for (const span of [0, 1, 2]) await store.add(batch([delivery({ span })]));
    const database = new DatabaseSync(file);
    database.exec(`UPDATE chunks SET codec = 99 WHERE id = (SELECT max(id) FROM chunks)`);
    database.close();
    now += 11 * second;
    await tidyAll(store);
    expect(ask('SELECT count(*) FROM chunks')).toBe(3);
  });
});

describe('packing', () => {
  const bytes = bytesOf(noise(500).repeat(20));

  test.each([true, false])('comes back as it was (zstd: %s)', (zstd) => {
    for (const effort of ['fast', 'small'] as const) {
      const packed = pack(bytes, effort, zstd);
      expect(packed.codec).toBe(zstd ? codecs.zstd : codecs.deflate);
      expect(packed.data.length).toBeLessThan(bytes.length / 5);
      expect(Buffer.compare(unpack(packed), bytes)).toBe(0);
    }
  });

  test('a chunk packed where there was no zstd is read', async () => {
    const store = await open();
    const made = delivery({ body: 'deflated' });
    await store.add(batch([made]));
    const database = new DatabaseSync(file);
    const data = deflateRawSync(made.record.span);
    database.prepare('UPDATE chunks SET codec = 2, data = ?').run(data);
    database.close();
    const [stored] = await store.records(traceIdOf(0), [spanIdOf(0)]);
    expect(stored?.deliveries).toEqual([made.record]);
  });
});

describe('better readers', () => {
  test('read every trace again in quiet moments', async () => {
    const first = await open();
    const run = { runId: 'run' };
    await first.add(batch([...spans(0, 700), running({ span: 900, run })]));
    await first.add(batch([delivery({ trace: 1 }), delivery({ trace: 1, body: 'b' })]));
    await first.endRun('run');
    await opened.pop()?.close();
    const newer = { dialects: 2, prices: 'test' };
    const store = await open({
      ...{ derivedBy: newer },
      reread: (deliveries) => ({ ...reread(deliveries), name: 'read again', model: 'm' }),
    });
    expect((await store.trace(traceIdOf(1)))?.derivedBy).toEqual(derivedBy);
    await tidyAll(store);
    for (const { traceId, derivedBy: by, models } of await store.traces({ limit: 9 })) {
      expect([by, models]).toEqual([newer, ['m']]);
      const names = new Set((await store.rows(traceId)).map(({ name }) => name));
      expect(names).toEqual(new Set(['read again']));
    }
    expect((await store.trace(traceIdOf(0)))?.status).toBe('interrupted');
    expect((await store.rows(traceIdOf(0))).length).toBe(701);
  });

  test('older readers leave what newer ones read', async () => {
    const store = await open({ derivedBy: { dialects: 3, prices: 'x' } });
    await store.add(batch([delivery()]));
    await opened.pop()?.close();
    const older = await open({
      ...{ derivedBy: { dialects: 2, prices: 'y' } },
      reread: () => {
        throw new Error('Nothing to read');
      },
    });
    await tidyAll(older);
    expect((await older.trace(traceIdOf(0)))?.derivedBy.dialects).toBe(3);
  });
});

describe('lists', () => {
  test('a filter looks at all traces, in parts', async () => {
    const store = await open();
    const odd = { status: 'error' as const, startTime: newYear };
    const many = Array.from({ length: 4_500 }, (_, trace) =>
      delivery({ trace, startTime: newYear, ...(trace % 1_500 === 7 && odd) }),
    );
    await store.add(batch([...many, ...spans(0, 300, 5_000)]));
    await store.add(batch([delivery({ trace: 5_000, span: 400, startTime: 1, status: 'error' })]));
    const test = { type: 'field', field: 'errors', comparison: '>', position: 0 } as const;
    const filter = { ...test, value: 0 };
    const reader = await open({ mode: 'read' });
    const found = await reader.traces({ filter, limit: 9 });
    const expected = [3_007, 1_507, 7, 5_000].map(traceIdOf);
    expect(found.map(({ traceId }) => traceId)).toEqual(expected);
    const [first, second] = found;
    expect(await reader.traces({ filter, limit: 1 })).toEqual([first]);
    expect(await reader.traces({ filter, limit: 1, before: first })).toEqual([second]);
  });

  test.each([
    {},
    { ai: true },
    { ai: true, before: { startTime: 1, traceId: 'a' } },
    { before: { startTime: 1, traceId: 'a' } },
    { runId: 'run' },
  ])('%j is read from an index in its order', async (query) => {
    await open();
    const { sql, values } = listStatement('traces', { ...query, limit: 100 }, now);
    const database = new DatabaseSync(file, { readOnly: true });
    const steps = database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...values);
    database.close();
    const plan = steps.map(({ detail }) => String(detail)).join('\n');
    expect(plan).toMatch(/USING INDEX traces_(listed|listed_by_ai|of_run)/);
    if (!('runId' in query)) expect(plan).not.toMatch(/TEMP B-TREE/);
  });
});

describe('damage while it is open', () => {
  test('does not lose what arrives next', async () => {
    const recovered: string[] = [];
    const store = await open({ onRecovered: (message) => recovered.push(message) });
    for (let trace = 0; trace < 50; trace++) {
      await store.add(batch([delivery({ trace, body: noise(2_000) })]));
    }
    const other = new DatabaseSync(file);
    other.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    const handle = openSync(file, 'r+');
    const pages = statSync(file).size / 8192;
    for (let page = 2; page < pages; page++) {
      writeSync(handle, Buffer.alloc(8192, 0xa5), 0, 8192, page * 8192);
    }
    closeSync(handle);
    // Another connection's commit makes the store read its pages again.
    other.exec('PRAGMA user_version = 1');
    other.close();
    const added = await store.add(batch([delivery({ trace: 99 })]));
    expect(added.newTraceIds).toEqual([traceIdOf(99)]);
    expect(recovered).toHaveLength(1);
    expect(await store.traces({ limit: 9 })).toHaveLength(1);
  });
});
