import type { ObservationSummary } from './observation';

/** The order of siblings: by start, then by id, so that it never depends on arrival. */
export function compareRows(a: ObservationSummary, b: ObservationSummary): number {
  return a.startTime - b.startTime || (a.spanId < b.spanId ? -1 : a.spanId > b.spanId ? 1 : 0);
}
