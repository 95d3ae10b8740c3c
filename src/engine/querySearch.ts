import { searchable } from '../model/filterMatch';
import type { TraceStore } from '../store/traceStore';
import { placeOf, type TraceSearch } from './search';
import type { QueryService } from './services';

type SearchMethods = Pick<QueryService, 'traces' | 'tracesPart' | 'searchLag' | 'snippet'>;

/** Lists of traces: from the rows where these can answer, else from what the traces hold. */
export function searchMethods(store: () => TraceStore, search: () => TraceSearch): SearchMethods {
  return {
    async traces(query) {
      const { filter } = query;
      if (!filter || searchable(filter).length === 0) return store().traces(query);
      return search().all(query, filter);
    },
    async tracesPart(query) {
      const { filter } = query;
      if (filter && searchable(filter).length > 0) return search().find(query, filter);
      const traces = await store().traces(query);
      const next = traces.length < query.limit ? undefined : placeOf(traces.at(-1));
      return { traces, looked: traces.length, next };
    },
    searchLag: async () => search().lag(),
    async snippet(traceId, filter) {
      const trace = await store().trace(traceId);
      return trace && search().snippet(trace, filter);
    },
  };
}
