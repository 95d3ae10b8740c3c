import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { openSender, scales, type Bench, type Scale } from './bench';
import { measureDisk } from './disk';
import { writeDocument } from './document';
import type { Figure } from './figure';
import { measureIngest } from './ingest';
import { measureLoop } from './loop';
import { measureReads } from './reads';
import { loadNow, makeReport, toText } from './report';

/**
 * `npm run bench`: measures the product against baselines of the same run and prints one table.
 *
 *     --quick        less of everything, for a look: under a minute
 *     --only NAMES   of ingest, loop, disk and reads, with commas between them
 *     --json         the figures for a program
 *     --write        writes the table into docs/benchmarks.md
 */
const measures: Readonly<Record<string, (bench: Bench) => Promise<readonly Figure[]>>> = {
  ingest: measureIngest,
  loop: measureLoop,
  disk: measureDisk,
  reads: measureReads,
};

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      quick: { type: 'boolean', default: false },
      tiny: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      write: { type: 'boolean', default: false },
      only: { type: 'string', default: Object.keys(measures).join(',') },
      worker: { type: 'string', default: 'dist/worker.js' },
      folder: { type: 'string', default: '.cache/bench' },
    },
  });
  const scale = scales[values.tiny ? 'tiny' : values.quick ? 'quick' : 'full'];
  const places = { folder: resolve(values.folder), workerFile: resolve(values.worker) };
  const report = await measureAll(scale, { ...places, names: values.only.split(',') });
  console.log(values.json ? JSON.stringify(report, undefined, 2) : toText(report));
  if (values.write) writeDocument('docs/benchmarks.md', report);
}

async function measureAll(
  scale: Scale,
  places: { folder: string; workerFile: string; names: readonly string[] },
) {
  const { folder, workerFile, names } = places;
  mkdirSync(folder, { recursive: true });
  const senderFile = join(__dirname, 'sender.js');
  const sending = openSender(senderFile);
  const { sender } = sending;
  const progress = (message: string) => console.error(message);
  const bench: Bench = { scale, workerFile, folder, sender, progress };
  const figures: Figure[] = [];
  const loads = [loadNow()];
  try {
    await sender.prepare({ batches: scale.batches, liveSpans: scale.liveSpans });
    for (const name of names) {
      const measure = measures[name];
      if (!measure) throw new Error(`There is no ${name}: ${Object.keys(measures).join(', ')}`);
      figures.push(...(await measure(bench)));
      loads.push(loadNow());
    }
  } finally {
    sending.close();
  }
  return makeReport(scale.name, figures, loads);
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
