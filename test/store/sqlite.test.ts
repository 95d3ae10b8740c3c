import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLog } from '../../src/base/log';
import { openSqliteStore } from '../../src/store/sqlite/open';
import { derivedBy, reread } from './build';
import { filterContract } from './filterContract';
import { scoreContract } from './scoreContract';
import { storeContract, type StorePair } from './contract';

async function openPair(now: () => number, secondConnection: boolean): Promise<StorePair> {
  const folder = mkdtempSync(join(tmpdir(), 'glassbox-store-'));
  const options = { file: join(folder, 'traces.db'), reread, derivedBy, now, log: silentLog };
  const store = await openSqliteStore({ ...options, mode: 'write' });
  const reader = secondConnection ? await openSqliteStore({ ...options, mode: 'read' }) : store;
  return {
    ...{ store, reader },
    dispose: async () => {
      if (secondConnection) await reader.close();
      await store.close();
      rmSync(folder, { recursive: true });
    },
  };
}

storeContract('sqlite', (now) => openPair(now, false));
storeContract('sqlite, read through a second connection', (now) => openPair(now, true));
filterContract('sqlite', (now) => openPair(now, true));
scoreContract('sqlite', (now) => openPair(now, true));
