import type { QueryService, TracePart } from '../engine/services';
import type { TraceSummary } from '../model/trace';

export type { Snippet } from '../engine/snippet';

/** How far a search has come. */
export interface SearchProgress {
  readonly found: number;
  /** Traces that were looked into. */
  readonly looked: number;
  /** Everything that began later has been looked at, in microseconds since 1970. */
  readonly reached: number;
}

export interface SearchOptions {
  /** Called while more is to be looked at. */
  readonly onProgress?: (progress: SearchProgress) => void;
  /** Aborting gives what was found until then. */
  readonly signal?: AbortSignal;
}

/** The newest traces that a filter gives, however long it takes to look for them. */
export async function searchTraces(
  query: Pick<QueryService, 'tracesPart'>,
  asked: Parameters<QueryService['tracesPart']>[0],
  { onProgress, signal }: SearchOptions = {},
): Promise<{ readonly traces: readonly TraceSummary[]; readonly complete: boolean }> {
  const traces: TraceSummary[] = [];
  let looked = 0;
  let before: TracePart['next'] = asked.before;
  while (!signal?.aborted) {
    const limit = asked.limit - traces.length;
    const part = await query.tracesPart({ ...asked, before, limit });
    traces.push(...part.traces);
    looked += part.looked;
    before = part.next;
    if (!before) return { traces, complete: true };
    if (traces.length >= asked.limit) break;
    onProgress?.({ found: traces.length, looked, reached: before.startTime });
  }
  return { traces, complete: false };
}
