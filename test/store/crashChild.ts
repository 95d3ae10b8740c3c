import { writeSync } from 'node:fs';
import { silentLog } from '../../src/base/log';
import { openSqliteStore } from '../../src/store/sqlite/open';
import { batch, delivery, derivedBy, reread, running } from './build';

/**
 * Adds batches to the store named by its first argument until it is killed, and says each span
 * on stdout once its batch is acknowledged. Spans are numbered from the second argument on.
 */
async function addUntilKilled(file: string, first: number): Promise<void> {
  const options = { file, reread, derivedBy, log: silentLog } as const;
  const store = await openSqliteStore({ ...options, mode: 'write' });
  for (let span = first; ; span += 10) {
    const numbers = Array.from({ length: 10 }, (_, i) => span + i);
    await store.add(batch(numbers.map((n) => running({ span: n, trace: n % 3 }))));
    await store.add(batch(numbers.map((n) => delivery({ span: n, trace: n % 3, body: 'end' }))));
    writeSync(1, `${String(span)}\n`);
    if (span % 50 === 0) await store.tidy();
  }
}

void addUntilKilled(process.argv[2] ?? '', Number(process.argv[3]));
