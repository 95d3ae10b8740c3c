import { join } from 'node:path';
import { openJsonRows, openLimit, type Baseline, type LimitParts } from './baselines';
import { openIngest, removeStore, type Bench, type Receiving } from './bench';
import { formatNumber, median, type Figure } from './figure';
import type { Shape } from './sender';
import { makeBatches, makeLive, spansOf, stamp, type Request } from './workload';

/** From the first byte on the wire to the last commit, against the limit and the JSON layout. */

interface Measured {
  readonly milliseconds: number;
  /** CPU milliseconds of all threads that take part. */
  readonly cpu: number;
}

/** What takes part in every round, in turn. */
interface Entrant {
  readonly key: EntrantKey;
  measure(pass: number): Promise<Measured>;
}

type EntrantKey = 'batches' | 'batchesLimit' | 'batchesJson' | 'live' | 'liveJson';

export async function measureIngest(bench: Bench): Promise<readonly Figure[]> {
  const { scale, folder } = bench;
  const batches = makeBatches(scale.batches);
  const live = makeLive(scale.liveSpans).flat();
  const limit = openLimit(join(folder, 'limit.bin'));
  const jsonRows = openJsonRows(join(folder, 'json-batches.db'));
  const jsonLive = openJsonRows(join(folder, 'json-live.db'));
  const receiving = await openIngest(bench, 'ingest');
  const entrants: readonly Entrant[] = [
    product(bench, receiving, 'batches'),
    baseline('batchesLimit', limit, batches),
    baseline('batchesJson', jsonRows, batches),
    product(bench, receiving, 'live'),
    baseline('liveJson', jsonLive, live),
  ];
  try {
    const rounds = await alternate(bench, entrants);
    return figuresOf(rounds, {
      ...{ batches: spansOf(batches), live: spansOf(live) },
      limitParts: limit.parts,
    });
  } finally {
    await receiving.close();
    for (const opened of [limit, jsonRows, jsonLive]) opened.close();
    removeStore(folder, 'ingest');
  }
}

type Rounds = Readonly<Record<EntrantKey, readonly Measured[]>>;

/** Every entrant once a round, starting with another one each time; the first round warms up. */
async function alternate({ scale, progress }: Bench, entrants: readonly Entrant[]) {
  const rounds: Record<EntrantKey, Measured[]> = {
    ...{ batches: [], batchesLimit: [], batchesJson: [], live: [], liveJson: [] },
  };
  for (let round = 0; round <= scale.rounds; round++) {
    progress(`ingest: round ${round} of ${scale.rounds}`);
    for (let turn = 0; turn < entrants.length; turn++) {
      const entrant = entrants[(turn + round) % entrants.length];
      const measured = await entrant?.measure(round);
      if (entrant && measured && round > 0) rounds[entrant.key].push(measured);
    }
  }
  return rounds;
}

function product({ sender }: Bench, receiving: Receiving, shape: Shape): Entrant {
  return {
    key: shape,
    measure: async (pass) => {
      const before = process.cpuUsage();
      const { milliseconds } = await sender.sendAll({ endpoint: receiving.endpoint, shape, pass });
      return { milliseconds, cpu: cpuOf(process.cpuUsage(before)) };
    },
  };
}

function baseline(key: EntrantKey, store: Baseline, requests: readonly Request[]): Entrant {
  return {
    key,
    measure: async (pass) => {
      const bodies = requests.map((request) => stamp(request, pass));
      // The product's threads may be tidying meanwhile.
      const before = process.threadCpuUsage();
      const start = performance.now();
      for (const body of bodies) store.add(body);
      const milliseconds = performance.now() - start;
      return { milliseconds, cpu: cpuOf(process.threadCpuUsage(before)) };
    },
  };
}

function cpuOf({ user, system }: NodeJS.CpuUsage): number {
  return (user + system) / 1000;
}

interface Counts {
  readonly batches: number;
  readonly live: number;
  readonly limitParts: LimitParts;
}

function figuresOf(rounds: Rounds, counts: Counts): readonly Figure[] {
  const times = new Times(rounds);
  return [...batchFigures(times, counts), ...liveFigures(times, counts.live)];
}

function batchFigures(times: Times, { batches, limitParts }: Counts): readonly Figure[] {
  const limit = times.rate('batchesLimit', batches);
  const rows = times.rate('batchesJson', batches);
  return [
    {
      ...{ id: 'ingest.batches', name: 'Batches of 512 spans, HTTP to committed' },
      ...{ value: times.rate('batches', batches), unit: 'spans/s' },
      detail: `fastest round ${formatNumber(times.bestRate('batches', batches))}; the sender shares the machine`,
    },
    {
      ...{ id: 'ingest.batches.limit', name: 'Batches: time, to that of the limit' },
      ...{ value: times.ratio('batches', 'batchesLimit'), unit: '×' },
      goal: { atMost: 3 },
      detail: `${times.best('batches', 'batchesLimit')}; limit: ${formatNumber(limit)} spans/s, ${sharesOf(limitParts)}`,
    },
    {
      ...{ id: 'ingest.batches.json', name: 'Batches: speed, to that of a row with a JSON column' },
      ...{ value: times.ratio('batchesJson', 'batches'), unit: '×' },
      goal: { atLeast: 3 },
      detail: `${times.best('batchesJson', 'batches')}; JSON rows: ${formatNumber(rows)} spans/s ${without}`,
    },
    {
      ...{ id: 'ingest.batches.cpu', name: 'Batches: CPU of the process without index and reads' },
      ...{ value: times.cpu('batches', batches), unit: 'µs/span' },
      detail: `limit ${formatNumber(times.cpu('batchesLimit', batches))}, JSON rows ${formatNumber(times.cpu('batchesJson', batches))}`,
    },
  ];
}

function liveFigures(times: Times, spans: number): readonly Figure[] {
  const rows = times.rate('liveJson', spans);
  return [
    {
      ...{ id: 'ingest.live', name: 'Live, 1 to 5 spans a request, 50 traces at once' },
      ...{ value: times.rate('live', spans), unit: 'spans/s' },
      goal: { atLeast: 5000 },
      detail: `fastest round ${formatNumber(times.bestRate('live', spans))}`,
    },
    {
      ...{ id: 'ingest.live.json', name: 'Live: speed, to that of a row with a JSON column' },
      ...{ value: times.ratio('liveJson', 'live'), unit: '×' },
      detail: `${times.best('liveJson', 'live')}; JSON rows: ${formatNumber(rows)} spans/s ${without}`,
    },
    {
      ...{ id: 'ingest.live.cpu', name: 'Live: CPU of the process without index and reads' },
      ...{ value: times.cpu('live', spans), unit: 'µs/span' },
      detail: `JSON rows ${formatNumber(times.cpu('liveJson', spans))}`,
    },
  ];
}

const without = 'without HTTP, masks or summaries';

/** What the rounds say together. */
class Times {
  constructor(private readonly rounds: Rounds) {}

  rate(key: EntrantKey, spans: number): number {
    return (1000 * spans) / median(this.millisecondsOf(key));
  }

  bestRate(key: EntrantKey, spans: number): number {
    return (1000 * spans) / Math.min(...this.millisecondsOf(key));
  }

  /** The median over the rounds of how long one took to how long the other took. */
  ratio(key: EntrantKey, to: EntrantKey): number {
    const others = this.millisecondsOf(to);
    return median(this.millisecondsOf(key).map((one, i) => one / (others[i] ?? NaN)));
  }

  /** On a machine that does other work, the fastest rounds are those it disturbed least. */
  best(key: EntrantKey, to: EntrantKey): string {
    const [one, other] = [key, to].map((each) => Math.min(...this.millisecondsOf(each)));
    return `${formatNumber((one ?? NaN) / (other ?? NaN))}× of the fastest rounds`;
  }

  /** Microseconds a span. */
  cpu(key: EntrantKey, spans: number): number {
    return (1000 * median(this.rounds[key].map((one) => one.cpu))) / spans;
  }

  private millisecondsOf(key: EntrantKey): readonly number[] {
    return this.rounds[key].map(({ milliseconds }) => milliseconds);
  }
}

function sharesOf({ mask, decode, compress, write }: LimitParts): string {
  const all = mask + decode + compress + write;
  const share = (part: number) => `${Math.round((100 * part) / all)} %`;
  return [
    `mask ${share(mask)}`,
    `decode ${share(decode)}`,
    `zstd ${share(compress)}`,
    `write and flush ${share(write)}`,
  ].join(', ');
}
