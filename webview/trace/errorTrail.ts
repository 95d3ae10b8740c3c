import { statusAt, type TraceColumns } from '../../src/model/columns';

/** How a failure travelled upward. */
export interface TrailStep {
  readonly row: number;
  /** What it did with the failure of the one below it. */
  readonly part: 'began' | 'passedOn' | 'handled';
}

/**
 * The rows a failure went through, from where it began up to the one that handled it or to the
 * root; empty for a row that did not fail. Of several failed rows below the last to end counts,
 * for what came before it was got over.
 */
export function errorTrail(columns: TraceColumns, row: number): readonly TrailStep[] {
  if (!failed(columns, row)) return [];
  const chain: number[] = [];
  for (let below = row; below >= 0; below = lastFailedChild(columns, below)) chain.unshift(below);
  for (let above = columns.parent[row] ?? -1; above >= 0; above = columns.parent[above] ?? -1) {
    chain.push(above);
    if (!failed(columns, above)) break;
  }
  return chain.map((step, index) => ({
    row: step,
    part: index === 0 ? 'began' : failed(columns, step) ? 'passedOn' : 'handled',
  }));
}

function failed(columns: TraceColumns, row: number): boolean {
  return statusAt(columns, row) === 'error';
}

function lastFailedChild(columns: TraceColumns, row: number): number {
  const { start, duration, subtree } = columns;
  const stop = row + (subtree[row] ?? 1);
  let found = -1;
  let latest = -Infinity;
  for (let child = row + 1; child < stop; child += Math.max(1, subtree[child] ?? 1)) {
    const end = (start[child] ?? 0) + (duration[child] ?? 0);
    if (failed(columns, child) && end >= latest) [found, latest] = [child, end];
  }
  return found;
}
