import { UserError } from '../base/errors';
import { silentLog } from '../base/log';
import { dialectsVersion, pricesVersion, setPriceOverrides } from '../dialects/observe';
import { toColumns } from '../model/columns';
import type { Observation, ObservationSummary } from '../model/observation';
import type { LogRecord } from '../model/span';
import type { Trace, TraceSummary } from '../model/trace';
import { decodeLog } from '../otlp/decode';
import { logsToJson, tracesToJson } from '../otlp/json';
import { openSqliteStore } from '../store/sqlite/open';
import type { TraceStore } from '../store/traceStore';
import { readObservation, readSummary, withContent } from './read';
import type { ObservationPage, PageKey, QueryService } from './services';

const pageSize = 200;

/** Reads the store through a connection of its own; runs in the query worker. */
export function createQueryService(): QueryService {
  let store: TraceStore | undefined;
  const opened = () => {
    if (!store) throw new Error('The query service is not open');
    return store;
  };
  return {
    async open(file, prices) {
      setPriceOverrides(prices);
      await store?.close();
      store = await openSqliteStore({
        ...{ file, mode: 'read', reread: readSummary, log: silentLog },
        derivedBy: { dialects: dialectsVersion, prices: pricesVersion },
      });
    },
    traces: async (query) => opened().traces(query),
    summary: async (traceId) => opened().trace(traceId),
    resolveTraceId: async (prefix) => resolveTraceId(opened(), prefix),
    async view(traceId) {
      const trace = await opened().trace(traceId);
      if (!trace) return undefined;
      return { trace, columns: toColumns(settleRows(trace, await opened().rows(traceId))) };
    },
    trace: async (traceId) => readTrace(opened(), traceId),
    async observation(traceId, spanId) {
      const trace = await opened().trace(traceId);
      if (!trace) return undefined;
      return (await readObservations(opened(), trace, [spanId]))[0];
    },
    observations: async (traceId, after, limit) =>
      observationPage(opened(), traceId, { after, limit: limit ?? pageSize }),
    async exportPage(traceId, after) {
      const rows = await opened().rows(traceId, { after, limit: pageSize });
      const records = await opened().records(
        traceId,
        rows.map((row) => row.spanId),
      );
      const logs = after ? [] : await opened().logs(traceId);
      return {
        resourceSpans: elementsOf(
          tracesToJson(records.flatMap(({ deliveries }) => deliveries)).resourceSpans,
        ),
        resourceLogs: elementsOf(logsToJson(logs).resourceLogs),
        next: nextKey(rows, pageSize),
      };
    },
    async close() {
      await store?.close();
      store = undefined;
    },
  };
}

/** The elements of a JSON array, without its brackets, to be joined with other pages'. */
function elementsOf(array: readonly unknown[]): string {
  return array.map((element) => JSON.stringify(element)).join(',');
}

async function resolveTraceId(store: TraceStore, prefix: string): Promise<string> {
  const id = prefix.toLowerCase();
  if (!/^[0-9a-f]{4,32}$/.test(id)) {
    throw new UserError(`'${prefix}' is not a trace id: give at least four of its hex characters.`);
  }
  const found = await store.findTraceIds(id);
  const [only] = found;
  if (!only) throw new UserError(`No trace has an id that starts with '${prefix}'.`);
  if (found.length > 1) {
    throw new UserError(`Several traces start with '${prefix}': ${found.join(', ')}.`);
  }
  return only;
}

async function readTrace(store: TraceStore, traceId: string): Promise<Trace | undefined> {
  const trace = await store.trace(traceId);
  if (!trace) return undefined;
  const rows = await store.rows(traceId);
  const calls = rows.filter((row) => row.kind === 'generation');
  const ids = [trace.rootSpanId, calls[0]?.spanId, calls.at(-1)?.spanId];
  const read = await readObservations(
    store,
    trace,
    ids.flatMap((id) => id ?? []),
  );
  const byId = (id: string | undefined) => read.find((observation) => observation.spanId === id);
  return withContent(trace, { root: byId(ids[0]), first: byId(ids[1]), last: byId(ids[2]) });
}

async function observationPage(
  store: TraceStore,
  traceId: string,
  { after, limit }: { after: PageKey | undefined; limit: number },
): Promise<ObservationPage> {
  const trace = await store.trace(traceId);
  if (!trace) return { observations: [] };
  const rows = await store.rows(traceId, { after, limit });
  const observations = await readObservations(
    store,
    trace,
    rows.map((row) => row.spanId),
  );
  return { observations, next: nextKey(rows, limit) };
}

function nextKey(rows: readonly ObservationSummary[], limit: number): PageKey | undefined {
  const last = rows.at(-1);
  if (!last || rows.length < limit) return undefined;
  return { startTime: last.startTime, spanId: last.spanId };
}

/** The named observations in the order of the rows, each joined with its log records. */
async function readObservations(
  store: TraceStore,
  trace: TraceSummary,
  spanIds: readonly string[],
): Promise<readonly Observation[]> {
  const unique = [...new Set(spanIds)];
  const records = await store.records(trace.traceId, unique);
  const logs = logsBySpan((await store.logs(trace.traceId)).map(decodeLog));
  const byId = new Map(records.map((record) => [record.spanId, record]));
  return unique.flatMap((spanId) => {
    const record = byId.get(spanId);
    if (!record) return [];
    return settleObservation(trace, readObservation(record.deliveries, logs.get(spanId) ?? []));
  });
}

function logsBySpan(logs: readonly LogRecord[]): ReadonlyMap<string, readonly LogRecord[]> {
  const bySpan = new Map<string, LogRecord[]>();
  for (const log of logs) {
    if (log.spanId === undefined) continue;
    const known = bySpan.get(log.spanId);
    if (known) known.push(log);
    else bySpan.set(log.spanId, [log]);
  }
  return bySpan;
}

/** What still runs in an interrupted trace was interrupted with it. */
function settleRows(
  trace: TraceSummary,
  rows: readonly ObservationSummary[],
): readonly ObservationSummary[] {
  if (trace.status !== 'interrupted') return rows;
  return rows.map((row) => (row.status === 'running' ? { ...row, status: 'interrupted' } : row));
}

function settleObservation(trace: TraceSummary, observation: Observation): Observation {
  if (trace.status !== 'interrupted' || observation.status !== 'running') return observation;
  return { ...observation, status: 'interrupted' };
}
