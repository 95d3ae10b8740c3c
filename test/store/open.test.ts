import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync, StatementSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { UserError } from '../../src/base/errors';
import { silentLog } from '../../src/base/log';
import { observationKinds, observationStatuses } from '../../src/model/observation';
import { openSqliteStore, type SqliteStoreOptions } from '../../src/store/sqlite/open';
import { explain } from '../../src/store/sqlite/faults';
import { currentVersion, migrations } from '../../src/store/sqlite/schema';
import { batch, delivery, derivedBy, newYear, reread, traceIdOf } from './build';

let folder: string;
let file: string;
const recovered: string[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'glassbox-open-'));
  file = join(folder, 'traces.db');
  recovered.length = 0;
});
afterEach(() => rmSync(folder, { recursive: true }));

const open = (more: Partial<SqliteStoreOptions> = {}) =>
  openSqliteStore({
    ...{ file, mode: 'write', reread, derivedBy, log: silentLog, now: () => newYear },
    onRecovered: (message) => recovered.push(message),
    ...more,
  });

const fill = async (count = 40) => {
  const store = await open();
  for (let trace = 0; trace < count; trace++) {
    await store.add(batch([delivery({ trace, body: noise(4000) })]));
  }
  await store.close();
};

const noise = (length: number) =>
  Array.from({ length }, () => Math.random().toString(36).charAt(2)).join('');

const failure = async (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );

function pragma(name: string): unknown {
  const database = new DatabaseSync(file);
  const row = database.prepare(`PRAGMA ${name}`).get();
  database.close();
  return Object.values(row ?? {})[0];
}

describe('a new file', () => {
  test('is laid out as the measurements say, and for the user alone', async () => {
    file = join(folder, 'deep', 'down', 'traces.db');
    await (await open()).close();
    expect(pragma('page_size')).toBe(8192);
    expect(pragma('auto_vacuum')).toBe(2);
    expect(pragma('journal_mode')).toBe('wal');
    expect(pragma('user_version')).toBe(currentVersion);
    if (process.platform === 'win32') return;
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(join(folder, 'deep')).mode & 0o777).toBe(0o700);
    expect(statSync(join(folder, 'deep', 'down')).mode & 0o777).toBe(0o700);
  });

  test('keeps what was added when it is opened again', async () => {
    await fill(3);
    const store = await open({ durability: 'full' });
    expect(await store.traces({ limit: 9 })).toHaveLength(3);
    expect(await store.add(batch([delivery({ trace: 1, body: 'new' })]))).toMatchObject({
      ...{ replaced: 1, newTraceIds: [] },
    });
    await store.close();
    expect(recovered).toEqual([]);
  });

  test('is read where statements cannot give arrays, as before Node 22.16', async () => {
    const method = Object.getOwnPropertyDescriptor(StatementSync.prototype, 'setReturnArrays');
    Reflect.deleteProperty(StatementSync.prototype, 'setReturnArrays');
    try {
      const store = await open();
      const spans = [delivery({ name: 'one' }), delivery({ name: 'one', body: 'again' })];
      await store.add(batch(spans, { git: { commit: 'c', dirty: false } }));
      expect(await store.rows(traceIdOf(0))).toEqual([spans[0]?.summary]);
      expect((await store.trace(traceIdOf(0)))?.git?.commit).toBe('c');
      await store.close();
    } finally {
      Object.defineProperty(StatementSync.prototype, 'setReturnArrays', method ?? {});
    }
  });

  test('numbers kinds and statuses by their place: these lists only grow at the end', () => {
    expect(observationKinds.slice(0, 12).join()).toBe(
      'agent,generation,tool,retriever,embedding,reranker,guardrail,handoff,evaluator,chain,event,span',
    );
    expect(observationStatuses.slice(0, 4).join()).toBe('running,ok,error,interrupted');
  });
});

describe('a damaged file', () => {
  const damages: Readonly<Record<string, () => void>> = {
    'with random bytes for its beginning': () => {
      const bytes = readFileSync(file);
      bytes.fill('?', 0, 4096);
      writeFileSync(file, bytes);
    },
    'with random bytes in its middle': () => {
      const bytes = readFileSync(file);
      bytes.fill(0xa5, bytes.length >> 1, (bytes.length >> 1) + 3 * 8192);
      writeFileSync(file, bytes);
    },
    'cut in half': () => truncateSync(file, statSync(file).size >> 1),
    'with a text in its place': () => writeFileSync(file, 'this is no database '.repeat(100)),
  };

  test.each(Object.keys(damages))('%s is moved aside and a new one begun', async (name) => {
    await fill();
    damages[name]?.();
    const damaged = readFileSync(file);
    const store = await open();
    expect(recovered).toHaveLength(1);
    expect(recovered[0]).toMatch(/damaged.*moved to .*corrupt-/);
    expect(await store.traces({ limit: 9 })).toEqual([]);
    await store.add(batch([delivery()]));
    expect(await store.trace(traceIdOf(0))).toBeDefined();
    await store.close();
    const aside = readdirSync(folder).filter((entry) => /corrupt-[^.]*Z$/.test(entry));
    expect(aside).toHaveLength(1);
    expect(readFileSync(join(folder, aside[0] ?? '')).equals(damaged)).toBe(true);
  });

  test('is left where it is by a reader, which says so', async () => {
    writeFileSync(file, 'this is no database '.repeat(100));
    expect(String(await failure(open({ mode: 'read' })))).toMatch(/UserError: .*damaged/);
    expect(readdirSync(folder)).toEqual(['traces.db']);
  });

  test('one unreadable chunk hides no other span', async () => {
    await fill(2);
    const database = new DatabaseSync(file);
    database.exec(`UPDATE chunks SET data = x'00' WHERE trace = 1`);
    database.close();
    const store = await open();
    const [broken] = await store.records(traceIdOf(0), [delivery().summary.spanId]);
    expect(broken?.deliveries[0].span).toHaveLength(0);
    expect(await store.rows(traceIdOf(0))).toHaveLength(1);
    const [sound] = await store.records(traceIdOf(1), [delivery().summary.spanId]);
    expect(sound?.deliveries[0].span.length).toBeGreaterThan(4000);
    await store.close();
  });
});

describe('a file that is not ours to change', () => {
  test('of a newer version is refused as it is', async () => {
    await fill(1);
    const database = new DatabaseSync(file);
    database.exec(`PRAGMA user_version = ${String(currentVersion + 1)}`);
    database.close();
    const before = readFileSync(file);
    for (const mode of ['write', 'read'] as const) {
      expect(String(await failure(open({ mode })))).toMatch(/UserError: .*newer Glassbox/);
    }
    expect(readFileSync(file).equals(before)).toBe(true);
    expect(recovered).toEqual([]);
  });

  test('of another program is refused as it is', async () => {
    const database = new DatabaseSync(file);
    database.exec('CREATE TABLE theirs (a)');
    database.close();
    const before = readFileSync(file);
    expect(String(await failure(open()))).toMatch(/UserError: .*another program/);
    expect(readFileSync(file).equals(before)).toBe(true);
  });

  test('with another name than a database stays where it is', async () => {
    file = join(folder, 'package.json');
    writeFileSync(file, JSON.stringify({ name: 'mine', text: noise(2000) }));
    const before = readFileSync(file);
    expect(await failure(open())).toBeInstanceOf(UserError);
    expect(readFileSync(file).equals(before)).toBe(true);
    expect(readdirSync(folder)).toEqual(['package.json']);
  });
});

describe('where it cannot be written', () => {
  test('a folder that cannot be made is said', async () => {
    writeFileSync(join(folder, 'file'), '');
    file = join(folder, 'file', 'traces.db');
    expect(await failure(open())).toBeInstanceOf(UserError);
  });

  test.skipIf(process.getuid?.() === 0 || process.platform === 'win32')(
    'a read-only folder is said',
    async () => {
      chmodSync(folder, 0o500);
      expect(String(await failure(open()))).toMatch(/read-only/);
      chmodSync(folder, 0o700);
    },
  );

  test('a file that is not there is not made by a reader', async () => {
    expect(String(await failure(open({ mode: 'read' })))).toMatch(/UserError: .*no traces yet/);
    expect(existsSync(file)).toBe(false);
  });

  test('what SQLite says is told in words', () => {
    const database = new DatabaseSync(file);
    database.exec('PRAGMA page_size = 512; CREATE TABLE t (a); PRAGMA max_page_count = 4');
    const reader = new DatabaseSync(file, { readOnly: true });
    const said = (work: () => void) => {
      try {
        work();
      } catch (error) {
        return String(explain(error, file));
      }
      return 'nothing';
    };
    const insert = `INSERT INTO t VALUES (zeroblob(9000))`;
    expect(said(() => database.exec(insert))).toMatch(/UserError: The disk is full/);
    expect(said(() => reader.exec(insert))).toMatch(/UserError: .*cannot be written/);
    database.exec('BEGIN EXCLUSIVE');
    expect(said(() => reader.exec('SELECT * FROM t'))).toMatch(/UserError: Another process/);
    expect(said(() => database.exec('nonsense'))).toMatch(/^Error: near "nonsense"/);
    database.close();
    reader.close();
  });

  test('a writer that meets a lock says so and works once it is gone', async () => {
    const store = await open();
    await store.add(batch([delivery()]));
    const other = new DatabaseSync(file);
    other.exec('PRAGMA max_page_count = 1; BEGIN IMMEDIATE');
    const waiting = failure(store.add(batch([delivery({ span: 1 })])));
    expect(String(await waiting)).toMatch(/UserError: Another process/);
    other.exec('ROLLBACK');
    other.close();
    expect(await store.add(batch([delivery({ span: 1 })]))).toMatchObject({ added: 1 });
    expect((await store.trace(traceIdOf(0)))?.observationCount).toBe(2);
    await store.close();
  });
});

/** What version 1 made of one observation; its chunk is not looked at. */
const oneTrace = `
  INSERT INTO names (id, text) VALUES (1, 'old');
  INSERT INTO origins (id, text) VALUES (1, '{}');
  INSERT INTO shapes (id, text) VALUES (1, '{"level":"info","ai":true}');
  INSERT INTO traces (id, trace_id, spans, updated, dirty, dialects, prices, start, ai, summary)
    VALUES (7, '${traceIdOf(1)}', 1, 1, 0, 9, '', 5, 1, '{"startTime":5,"status":"ok","tags":[]}');
  INSERT INTO spans (trace, span, start, finish, kind, status, name, origin, shape, chunk, offset,
    length, resource, scope) VALUES (7, '00000000000000aa', 5, 6, 11, 1, 1, 1, 1, 3, 0, 0, 1, 1);
  INSERT INTO chunks (id, trace, codec, size, records, data) VALUES (3, 7, 1, 0, 1, x'');
`;

describe('migrations', () => {
  /** A store as the given version left it, with one trace in it. */
  const oldStore = async (version: number) => {
    if (version === currentVersion) return fill(1);
    const database = new DatabaseSync(file);
    for (const migration of migrations.slice(0, version)) database.exec(migration);
    if (version > 0) database.exec(oneTrace);
    database.exec(`PRAGMA user_version = ${String(version)}; PRAGMA application_id = 0x47626f78`);
    database.close();
  };

  test.each(migrations.map((_, i) => i))('version %i becomes the current one', async (version) => {
    await oldStore(version);
    const store = await open();
    expect(await store.add(batch([delivery({ trace: 5 })]))).toMatchObject({ added: 1 });
    expect(await store.traces({ limit: 9 })).toHaveLength(version === 0 ? 1 : 2);
    if (version > 0) expect(await store.rows(traceIdOf(1))).toMatchObject([{ name: 'old' }]);
    await store.close();
    expect(pragma('user_version')).toBe(currentVersion);
    expect(pragma('integrity_check')).toBe('ok');
  });
});
