import { UserError } from '../base/errors';
import { silentLog } from '../base/log';
import { evaluationLogs } from '../dialects/evaluationRecord';
import { dialectsVersion, pricesVersion, setPriceOverrides } from '../dialects/observe';
import { packColumns, toColumns } from '../model/columns';
import { logsToJson, tracesToJson } from '../otlp/json';
import { openSqliteStore } from '../store/sqlite/open';
import type { TraceStore } from '../store/traceStore';
import { diagnose } from './diagnose';
import { analysisMethods } from './analysis';
import { nextKey, ObservationReader } from './observations';
import { readSummary } from './read';
import { searchMethods } from './querySearch';
import { TraceSearch } from './search';
import type { ExportPage, PageKey, QueryService } from './services';

const pageSize = 200;

/** Reads the store through a connection of its own; runs in the query worker. */
export function createQueryService(): QueryService {
  let store: TraceStore | undefined;
  let observations: ObservationReader | undefined;
  const opened = () => {
    if (!store) throw new Error('The query service is not open');
    return store;
  };
  const reader = () => (observations ??= new ObservationReader(opened()));
  let search: TraceSearch | undefined;
  let storeFile = '';
  const searching = () =>
    (search ??= new TraceSearch({ file: storeFile, store: opened(), observations: reader() }));
  return {
    async open(file, prices) {
      setPriceOverrides(prices);
      await store?.close();
      store = await openSqliteStore({
        ...{ file, mode: 'read', reread: readSummary, log: silentLog },
        derivedBy: { dialects: dialectsVersion, prices: pricesVersion },
      });
      observations = undefined;
      search?.close();
      search = undefined;
      storeFile = file;
    },
    ...searchMethods(opened, searching),
    ...analysisMethods(opened, reader),
    summary: async (traceId) => opened().trace(traceId),
    resolveTraceId: async (prefix) => resolveTraceId(opened(), prefix),
    async view(traceId, limit) {
      const trace = await opened().trace(traceId);
      if (!trace) return undefined;
      return { trace, columns: packColumns(toColumns(await reader().rows(trace, limit))) };
    },
    async trace(traceId) {
      const trace = await opened().trace(traceId);
      return trace && reader().content(trace);
    },
    async observation(traceId, spanId) {
      const trace = await opened().trace(traceId);
      return trace && (await reader().observations(trace, [spanId]))[0];
    },
    async diagnose(traceId) {
      const trace = await opened().trace(traceId);
      return trace && diagnose(reader(), trace);
    },
    async observations(traceId, after, limit) {
      const trace = await opened().trace(traceId);
      if (!trace) return { observations: [] };
      return reader().page(trace, { after, limit: limit ?? pageSize });
    },
    exportPage: async (traceId, after) => exportPage(opened(), traceId, after),
    async close() {
      search?.close();
      await store?.close();
      store = undefined;
    },
  };
}

async function exportPage(
  store: TraceStore,
  traceId: string,
  after: PageKey | undefined,
): Promise<ExportPage> {
  const rows = await store.rows(traceId, { after, limit: pageSize });
  const spanIds = rows.map((row) => row.spanId);
  const records = await store.records(traceId, spanIds);
  const logs = after ? [] : await store.logs(traceId);
  const spans = records.flatMap(({ deliveries }) => deliveries);
  const scores = after ? [] : await store.scores(traceId);
  return {
    resourceSpans: elementsOf(tracesToJson(spans).resourceSpans),
    resourceLogs: elementsOf([
      ...logsToJson(logs).resourceLogs,
      ...scores.map((score) => evaluationLogs(traceId, score)),
    ]),
    next: nextKey(rows, pageSize),
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
