import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { createInterface } from 'node:readline';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { silentLog } from '../../src/base/log';
import { rollUp } from '../../src/model/rollup';
import { openSqliteStore } from '../../src/store/sqlite/open';
import { derivedBy, newYear, plain, reread, spanIdOf, textOf, traceIdOf } from './build';

let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'glassbox-crash-'));
  await build({
    entryPoints: [join(import.meta.dirname, 'crashChild.ts')],
    outfile: join(folder, 'child.cjs'),
    ...{ bundle: true, platform: 'node', format: 'cjs', logLevel: 'error' },
  });
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Lets a child add spans and kills it after some acknowledgements; gives the last span said. */
async function addAndKill(file: string, first: number, acknowledgements: number): Promise<number> {
  const args = [join(folder, 'child.cjs'), file, String(first)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const exit = once(child, 'exit');
  let last = first - 10;
  let left = acknowledgements;
  for await (const line of createInterface({ input: child.stdout })) {
    last = Number(line);
    if (--left === 0) child.kill('SIGKILL');
  }
  await exit;
  return last + 9;
}

test('what was acknowledged is there after the process was killed, ten times over', async () => {
  const file = join(folder, 'traces.db');
  let last = -1;
  for (let round = 0; round < 10; round++) {
    last = await addAndKill(file, last + 1, 1 + Math.floor(Math.random() * 12));
    const database = new DatabaseSync(file);
    expect(database.prepare('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' });
    database.close();
  }
  const reader = await openSqliteStore({
    ...{ file, mode: 'read', reread, derivedBy, log: silentLog, now: () => newYear },
  });
  expect((await reader.traces({ limit: 9 })).map(({ status }) => status)).toHaveLength(3);
  await reader.close();
  const recovered: string[] = [];
  const store = await openSqliteStore({
    ...{ file, mode: 'write', reread, derivedBy, log: silentLog, now: () => newYear },
    onRecovered: (message) => recovered.push(message),
  });
  for (const trace of [0, 1, 2]) {
    const traceId = traceIdOf(trace);
    const rows = await store.rows(traceId);
    const known = new Map(rows.map((row) => [row.spanId, row.status]));
    const ids = Array.from({ length: last + 1 }, (_, i) => i).filter((i) => i % 3 === trace);
    expect(ids.filter((id) => known.get(spanIdOf(id)) !== 'ok')).toEqual([]);
    const records = await store.records(traceId, ids.map(spanIdOf));
    const broken = records.filter(({ deliveries }) => !textOf(deliveries[0].span).includes('end'));
    expect([records.length, broken]).toEqual([ids.length, []]);
    const facts = { starred: false, updatedTime: newYear, derivedBy };
    expect(plain(await store.trace(traceId))).toEqual(plain(rollUp(rows, facts)));
  }
  await store.close();
  expect(recovered).toEqual([]);
});
