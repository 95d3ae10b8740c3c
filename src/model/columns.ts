import {
  observationKinds,
  observationStatuses,
  type ObservationKind,
  type ObservationStatus,
  type ObservationSummary,
} from './observation';
import { compareRows } from './rollup';

/**
 * The rows of a trace as columns: a few arrays instead of a hundred thousand objects, which is
 * what crosses to a page in milliseconds. Rows stand in tree order (parents before children,
 * siblings by start), so that a subtree is a range.
 */
export interface TraceColumns {
  readonly count: number;
  /** Microseconds since 1970; every `start` counts from here. */
  readonly origin: number;
  /** Span ids one behind the other, 16 characters each. */
  readonly spanIds: string;
  /** Row of the parent; -1 for a root. */
  readonly parent: Int32Array;
  readonly depth: Uint16Array;
  /** Rows of the subtree, the row itself included. */
  readonly subtree: Uint32Array;
  /** Microseconds from `origin`. */
  readonly start: Float64Array;
  /** Microseconds; -1 while running. */
  readonly duration: Float64Array;
  /** Index into `observationKinds`. */
  readonly kind: Uint8Array;
  /** Index into `observationStatuses`. */
  readonly status: Uint8Array;
  /** 1 where the parent is named but not there. */
  readonly orphan: Uint8Array;
  /** Tokens in and out; -1 where not reported. */
  readonly tokens: Float64Array;
  /** US dollars; -1 where not known. */
  readonly cost: Float64Array;
  /** Index into `texts`. */
  readonly name: Uint32Array;
  /** Index into `texts`: the model of a generation, the agent or tool of others, or empty. */
  readonly detail: Uint32Array;
  readonly texts: readonly string[];
}

/** Lays the observations of a trace, given in any order, out as columns. */
export function toColumns(rows: readonly ObservationSummary[]): TraceColumns {
  const tree = treeOrder(rows);
  const count = tree.length;
  const origin = tree.reduce((least, { row }) => Math.min(least, row.startTime), Infinity);
  const texts = new Texts();
  const columns = {
    count,
    origin: Number.isFinite(origin) ? origin : 0,
    spanIds: tree.map(({ row }) => row.spanId).join(''),
    parent: Int32Array.from(tree, ({ parent }) => parent),
    depth: Uint16Array.from(tree, ({ depth }) => Math.min(depth, 0xffff)),
    subtree: subtreeSizes(tree),
    start: Float64Array.from(tree, ({ row }) => row.startTime - origin),
    duration: Float64Array.from(tree, ({ row }) => durationOf(row)),
    kind: Uint8Array.from(tree, ({ row }) => observationKinds.indexOf(row.kind)),
    status: Uint8Array.from(tree, ({ row }) => observationStatuses.indexOf(row.status)),
    orphan: Uint8Array.from(tree, ({ orphan }) => Number(orphan)),
    tokens: Float64Array.from(tree, ({ row }) => tokensOf(row)),
    cost: Float64Array.from(tree, ({ row }) => row.cost?.total ?? -1),
    name: Uint32Array.from(tree, ({ row }) => texts.index(row.name)),
    detail: Uint32Array.from(tree, ({ row }) => texts.index(detailOf(row))),
  };
  return { ...columns, texts: texts.all };
}

/** The same columns in one buffer, which crosses to a page in one piece. */
export function packColumns(columns: TraceColumns): TraceColumns {
  const { count } = columns;
  const buffer = new ArrayBuffer(count * bytesPerRow);
  let used = 0;
  const place = (bytes: number) => {
    const at = used;
    used += bytes * count;
    return at;
  };
  const doubles = (from: Float64Array) => filled(new Float64Array(buffer, place(8), count), from);
  const words = (from: Uint32Array) => filled(new Uint32Array(buffer, place(4), count), from);
  const bytes = (from: Uint8Array) => filled(new Uint8Array(buffer, place(1), count), from);
  // Wide ones first, so that each begins at a multiple of its width.
  return {
    ...columns,
    start: doubles(columns.start),
    duration: doubles(columns.duration),
    tokens: doubles(columns.tokens),
    cost: doubles(columns.cost),
    parent: filled(new Int32Array(buffer, place(4), count), columns.parent),
    subtree: words(columns.subtree),
    name: words(columns.name),
    detail: words(columns.detail),
    depth: filled(new Uint16Array(buffer, place(2), count), columns.depth),
    kind: bytes(columns.kind),
    status: bytes(columns.status),
    orphan: bytes(columns.orphan),
  };
}

const bytesPerRow = 4 * 8 + 4 * 4 + 2 + 3;

function filled<T extends { set(from: T): void }>(into: T, from: T): T {
  into.set(from);
  return into;
}

export function spanIdAt(columns: TraceColumns, row: number): string {
  return columns.spanIds.slice(row * 16, row * 16 + 16);
}

export function kindAt(columns: TraceColumns, row: number): ObservationKind {
  return observationKinds[columns.kind[row] ?? 0] ?? 'span';
}

export function statusAt(columns: TraceColumns, row: number): ObservationStatus {
  return observationStatuses[columns.status[row] ?? 0] ?? 'ok';
}

export function nameAt(columns: TraceColumns, row: number): string {
  return columns.texts[columns.name[row] ?? 0] ?? '';
}

export function detailAt(columns: TraceColumns, row: number): string {
  return columns.texts[columns.detail[row] ?? 0] ?? '';
}

interface Placed {
  readonly row: ObservationSummary;
  readonly parent: number;
  readonly depth: number;
  readonly orphan: boolean;
}

/** Depth-first order without recursion; what a cycle keeps out of reach becomes a root. */
export function treeOrder(rows: readonly ObservationSummary[]): readonly Placed[] {
  const ordered = [...rows].sort(compareRows);
  const known = new Set(ordered.map((row) => row.spanId));
  const children = new Map<string, ObservationSummary[]>();
  const roots: ObservationSummary[] = [];
  for (const row of ordered) {
    const parent = row.parentSpanId;
    if (parent === undefined || parent === row.spanId || !known.has(parent)) roots.push(row);
    else if (!children.get(parent)?.push(row)) children.set(parent, [row]);
  }
  const placed: Placed[] = [];
  const seen = new Set<string>();
  const walk = (root: ObservationSummary) => {
    const stack = [{ row: root, parent: -1, depth: 0 }];
    for (let next = stack.pop(); next; next = stack.pop()) {
      const { row, depth } = next;
      if (seen.has(row.spanId)) continue;
      seen.add(row.spanId);
      const orphan = depth === 0 && row.parentSpanId !== undefined;
      const index = placed.push({ ...next, orphan }) - 1;
      const below = children.get(row.spanId) ?? [];
      for (let i = below.length - 1; i >= 0; i--) {
        const child = below[i];
        if (child) stack.push({ row: child, parent: index, depth: depth + 1 });
      }
    }
  };
  roots.forEach(walk);
  for (const row of ordered) if (!seen.has(row.spanId)) walk(row);
  return placed;
}

function subtreeSizes(tree: readonly Placed[]): Uint32Array {
  const sizes = new Uint32Array(tree.length).fill(1);
  for (let i = tree.length - 1; i >= 0; i--) {
    const parent = tree[i]?.parent ?? -1;
    if (parent >= 0) sizes[parent] = (sizes[parent] ?? 1) + (sizes[i] ?? 1);
  }
  return sizes;
}

function durationOf(row: ObservationSummary): number {
  return row.endTime === undefined ? -1 : Math.max(0, row.endTime - row.startTime);
}

function tokensOf(row: ObservationSummary): number {
  const { input, output, total } = row.usage ?? {};
  return total ?? (input === undefined && output === undefined ? -1 : (input ?? 0) + (output ?? 0));
}

/** Nothing where the name has said it: `chat gpt-5-mini` needs no `gpt-5-mini-2025-08-07`. */
function detailOf(row: ObservationSummary): string {
  const detail =
    row.kind === 'agent' ? row.agentName : row.kind === 'tool' ? row.toolName : row.model;
  const said = [detail, row.requestedModel].some((text) => text && row.name.includes(text));
  return said ? '' : (detail ?? '');
}

class Texts {
  readonly all: string[] = [];
  private readonly indexes = new Map<string, number>();

  index(text: string): number {
    const known = this.indexes.get(text);
    if (known !== undefined) return known;
    const index = this.all.push(text) - 1;
    this.indexes.set(text, index);
    return index;
  }
}
