import { kindAt, spanIdAt, toColumns } from './columns';
import type { ObservationSummary } from './observation';

/** For each observation the agent it worked for, by span ids: itself where it is one, '' for none. */
export function agentScopes(rows: readonly ObservationSummary[]): ReadonlyMap<string, string> {
  const columns = toColumns(rows);
  const scopes: string[] = [];
  const bySpan = new Map<string, string>();
  for (let row = 0; row < columns.count; row++) {
    const spanId = spanIdAt(columns, row);
    const above = scopes[columns.parent[row] ?? -1] ?? '';
    scopes.push(kindAt(columns, row) === 'agent' ? spanId : above);
    bySpan.set(spanId, scopes[row] ?? '');
  }
  return bySpan;
}
