import { silentLog } from '../src/base/log';
import { dialectsVersion, pricesVersion } from '../src/dialects/observe';
import { readSummary } from '../src/engine/read';
import { openSqliteStore } from '../src/store/sqlite/open';
import type { TraceStore } from '../src/store/traceStore';

const minute = 60_000_000;

/** Opens a store as its owner does, but a minute later, when all that was live has become quiet. */
export function openQuietStore(file: string): Promise<TraceStore> {
  return openSqliteStore({
    ...{ file, mode: 'write', reread: readSummary, log: silentLog },
    derivedBy: { dialects: dialectsVersion, prices: pricesVersion },
    now: () => Date.now() * 1000 + minute,
  });
}

/** All the housekeeping there is to do. */
export async function compact(store: TraceStore): Promise<void> {
  while (await store.tidy());
}
