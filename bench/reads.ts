import { createHash } from 'node:crypto';
import { existsSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { openReader, type QueryService } from '../src/core/reader';
import { control, dialectsVersion, summarise } from '../src/dialects/observe';
import { parseFilter } from '../src/model/filterParse';
import { decodeTraces } from '../src/otlp/decode';
import { maskTraces } from '../src/otlp/mask';
import { migrations } from '../src/store/sqlite/schema';
import type { TraceStore } from '../src/store/traceStore';
import type { Bench } from './bench';
import { formatNumber, median, quantile, type Figure } from './figure';
import { compact, openQuietStore } from './store';
import { batchSpans, makeBatches, makeLargeTrace, stamp, type Request } from './workload';

/** Reads of a store of a million spans, through the query worker and back. */

const largeTrace = 1000;
/** Batches that are made; more are repetitions of them as other traces. */
const distinctBatches = 24;

export async function measureReads(bench: Bench): Promise<readonly Figure[]> {
  const file = await buildOnce(bench);
  const { progress, scale, workerFile } = bench;
  progress('reads');
  const reader = await openReader(workerFile, file);
  try {
    const { query } = reader;
    const of = `of ${scale.storeSpans.toLocaleString('en-US')} spans`;
    const large = makeLargeTrace(largeTrace);
    const [traceId, spanIds] = idsOf(large);
    const measure = (work: (i: number) => Promise<unknown>) => timesOf(work, scale.readsEach);
    const list = await measure(() => query.traces({ limit: 100, ai: true }));
    const pages = await measure(pager(query));
    const filtered = await measure(lister(query, 'status:error tokens>20000'));
    const bySpan = await measure(lister(query, 'kind:tool name:refund latency>850ms'));
    const view = await measure(() => query.view(traceId));
    const one = await measure((i) =>
      query.observation(traceId, spanIds[(i * 37) % spanIds.length] ?? ''),
    );
    return [
      figure({ id: 'reads.list', name: `Trace list ${of}, newest 100`, goal: 5 }, list),
      figure({ id: 'reads.page', name: 'The next page of 100, page after page' }, pages),
      figure({ id: 'reads.filter', name: 'List: `status:error tokens>20000`' }, filtered),
      figure(
        { id: 'reads.filter.spans', name: 'List: `kind:tool name:refund latency>850ms`' },
        bySpan,
      ),
      figure({ id: 'reads.view', name: `All rows of a trace of ${largeTrace} spans` }, view),
      figure({ id: 'reads.observation', name: 'One observation of it, with its content' }, one),
    ];
  } finally {
    await reader.close();
  }
}

function lister(query: QueryService, text: string): () => Promise<unknown> {
  const parsed = parseFilter(text);
  if ('problem' in parsed) throw new Error(`Not a filter: ${text}`);
  const { filter } = parsed;
  return () => query.traces({ limit: 100, ai: true, filter });
}

function pager(query: QueryService): () => Promise<unknown> {
  let before: Parameters<QueryService['traces']>[0]['before'];
  return async () => {
    const page = await query.traces({ limit: 100, ai: true, before });
    before = page.at(-1);
  };
}

async function timesOf(
  work: (i: number) => Promise<unknown>,
  count: number,
): Promise<readonly number[]> {
  const times: number[] = [];
  for (let i = 0; i < count; i++) {
    const start = performance.now();
    await work(i);
    times.push(performance.now() - start);
  }
  return times;
}

function figure(
  { id, name, goal }: { id: string; name: string; goal?: number },
  times: readonly number[],
): Figure {
  const [first = 0] = times;
  return {
    ...{ id, name, value: median(times), unit: 'ms' },
    ...(goal !== undefined && { goal: { atMost: goal } }),
    detail: `median; the first ${formatNumber(first)} ms, p99 ${formatNumber(quantile(times, 0.99))} ms`,
  };
}

/** The store is kept for the next run, under a name that changes with what would change it. */
async function buildOnce({ folder, scale, progress }: Bench): Promise<string> {
  const batches = makeBatches(distinctBatches);
  const key = createHash('sha1')
    .update(JSON.stringify([dialectsVersion, migrations, scale.storeSpans]))
    .update(stamp(batches[0] ?? makeLargeTrace(1), 0))
    .digest('hex')
    .slice(0, 12);
  const file = join(folder, `read-${scale.name}-${key}.db`);
  if (existsSync(file)) return file;
  const unfinished = `${file}.part`;
  for (const suffix of ['', '-wal', '-shm']) rmSync(unfinished + suffix, { force: true });
  const store = await openQuietStore(unfinished);
  await add(store, stamp(makeLargeTrace(largeTrace), 0));
  const count = Math.ceil(scale.storeSpans / batchSpans);
  for (let i = 0; i < count; i++) {
    const batch = batches[i % batches.length];
    if (batch) await add(store, stamp(batch, 1 + Math.floor(i / batches.length)));
    if (i % 100 === 0) progress(`reads: building the store, ${Math.round((100 * i) / count)} %`);
  }
  progress('reads: compacting the store');
  await compact(store);
  await store.close();
  renameSync(unfinished, file);
  return file;
}

/** What the ingest worker does with a body. */
async function add(store: TraceStore, body: Uint8Array): Promise<void> {
  maskTraces(body);
  const decoded = decodeTraces(body);
  if ('malformed' in decoded) throw new Error(decoded.malformed);
  const spans = decoded.items.flatMap(({ span, record }) => {
    const controlled = control(span);
    return controlled ? [{ summary: summarise(controlled), record }] : [];
  });
  await store.add({ spans, logs: [], receivedTime: Date.now() * 1000 });
}

function idsOf(request: Request): readonly [traceId: string, spanIds: readonly string[]] {
  const decoded = decodeTraces(request.body);
  if ('malformed' in decoded) throw new Error(decoded.malformed);
  const [first] = decoded.items;
  return [first?.span.traceId ?? '', decoded.items.map(({ span }) => span.spanId)];
}
