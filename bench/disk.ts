import { statSync } from 'node:fs';
import { join } from 'node:path';
import { openIngest, removeStore, type Bench } from './bench';
import { formatNumber, type Figure } from './figure';
import type { Shape } from './sender';
import { compact, openQuietStore } from './store';

/** Repetitions of the workload, so that what a store costs once counts little. */
const passes = 4;

/** Bytes on disk for every byte received, when it has just come and when it has been tidied. */
export async function measureDisk(bench: Bench): Promise<readonly Figure[]> {
  const batches = await sizesOf(bench, 'batches');
  const live = await sizesOf(bench, 'live');
  return [
    {
      ...{ id: 'disk.batches', name: 'Disk, batches, after compaction' },
      ...{ value: batches.compacted, unit: 'B/B', goal: { atMost: 0.15 } },
      detail: detailOf(batches),
    },
    {
      ...{ id: 'disk.live', name: 'Disk, live, after compaction' },
      ...{ value: live.compacted, unit: 'B/B', goal: { atMost: 0.15 } },
      detail: detailOf(live),
    },
  ];
}

interface Sizes {
  /** Bytes of the file per byte received: when all has come, and when it is tidied. */
  readonly arrived: number;
  readonly compacted: number;
  /** Bytes of the write-ahead log beside the file, which does not grow with the store. */
  readonly log: number;
  readonly received: number;
}

async function sizesOf(bench: Bench, shape: Shape): Promise<Sizes> {
  const { sender, folder, progress } = bench;
  const name = `disk-${shape}`;
  const file = join(folder, name, 'glassbox.db');
  progress(`disk: ${shape}`);
  const receiving = await openIngest(bench, name);
  let received = 0;
  let log: number;
  try {
    for (let pass = 1; pass <= passes; pass++) {
      received += (await sender.sendAll({ endpoint: receiving.endpoint, shape, pass })).bytes;
    }
    log = statSync(`${file}-wal`).size;
  } finally {
    await receiving.close();
  }
  // Closing folds the log into the file.
  await (await openQuietStore(file)).close();
  const arrived = statSync(file).size / received;
  const store = await openQuietStore(file);
  await compact(store);
  await store.close();
  const compacted = statSync(file).size / received;
  removeStore(folder, name);
  return { arrived, compacted, log, received };
}

function detailOf({ arrived, log, received }: Sizes): string {
  const [came, beside] = [received, log].map((bytes) => formatNumber(bytes / 1e6));
  return `${formatNumber(arrived)} before; ${came} MB received; the log beside it, emptied at close, held ${beside} MB`;
}
