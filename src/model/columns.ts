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
  const { order, parent, depth } = treeOrder(inOrder(rows));
  const count = order.length;
  const origin = order.reduce((least, row) => Math.min(least, row.startTime), Infinity);
  const texts = new Texts();
  const columns = {
    count,
    origin: Number.isFinite(origin) ? origin : 0,
    spanIds: order.map((row) => row.spanId).join(''),
    parent,
    depth,
    subtree: subtreeSizes(parent),
    start: Float64Array.from(order, (row) => row.startTime - origin),
    duration: Float64Array.from(order, durationOf),
    kind: Uint8Array.from(order, (row) => observationKinds.indexOf(row.kind)),
    status: Uint8Array.from(order, (row) => observationStatuses.indexOf(row.status)),
    orphan: Uint8Array.from(order, (row, place) =>
      Number(parent[place] === -1 && row.parentSpanId !== undefined),
    ),
    tokens: Float64Array.from(order, tokensOf),
    cost: Float64Array.from(order, (row) => row.cost?.total ?? -1),
    name: Uint32Array.from(order, (row) => texts.index(row.name)),
    detail: Uint32Array.from(order, (row) => texts.index(detailOf(row))),
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

interface TreeOrder {
  readonly order: readonly ObservationSummary[];
  /** Places in `order`; -1 for a root. */
  readonly parent: Int32Array;
  readonly depth: Uint16Array;
}

/** Rows come from a store in order, mostly; a look is cheaper than sorting. */
function inOrder(rows: readonly ObservationSummary[]): readonly ObservationSummary[] {
  const sorted = rows.every((row, at) => {
    const before = rows[at - 1];
    return !before || compareRows(before, row) < 0;
  });
  return sorted ? rows : [...rows].sort(compareRows);
}

/**
 * Depth-first order without recursion, over linked lists of numbers instead of objects; what a
 * cycle keeps out of reach becomes a root.
 */
function treeOrder(rows: readonly ObservationSummary[]): TreeOrder {
  const { above, first, next } = childLists(rows);
  const order: ObservationSummary[] = [];
  const parent = new Int32Array(rows.length);
  const depth = new Uint16Array(rows.length);
  /** The place of each row in the order; -1 until it has one. */
  const place = new Int32Array(rows.length).fill(-1);
  const put = (at: number, under: number) => {
    const row = rows[at];
    if (!row) return;
    const here = order.push(row) - 1;
    place[at] = here;
    parent[here] = under;
    depth[here] = under < 0 ? 0 : Math.min((depth[under] ?? 0) + 1, 0xffff);
  };
  const walk = (root: number) => {
    if (place[root] !== -1) return;
    put(root, -1);
    const stack = [first[root] ?? -1];
    for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
      if (at < 0) continue;
      stack.push(next[at] ?? -1);
      if (place[at] !== -1) continue;
      put(at, place[above[at] ?? -1] ?? -1);
      stack.push(first[at] ?? -1);
    }
  };
  above.forEach((row, at) => row === -1 && walk(at));
  above.forEach((row, at) => row >= 0 && walk(at));
  const count = order.length;
  return { order, parent: parent.subarray(0, count), depth: depth.subarray(0, count) };
}

interface ChildLists {
  /** The row above; -1 for a root, -2 for a row that is there twice. */
  readonly above: Int32Array;
  readonly first: Int32Array;
  /** The next sibling. */
  readonly next: Int32Array;
}

function childLists(rows: readonly ObservationSummary[]): ChildLists {
  const indexes = new Map<string, number>();
  rows.forEach((row, at) => {
    if (!indexes.has(row.spanId)) indexes.set(row.spanId, at);
  });
  const above = new Int32Array(rows.length);
  const first = new Int32Array(rows.length).fill(-1);
  const next = new Int32Array(rows.length).fill(-1);
  for (let at = rows.length - 1; at >= 0; at--) {
    const row = rows[at];
    if (!row || indexes.get(row.spanId) !== at) {
      above[at] = -2;
      continue;
    }
    const parent = row.parentSpanId === undefined ? undefined : indexes.get(row.parentSpanId);
    above[at] = parent === undefined || parent === at ? -1 : parent;
    if (above[at] === -1) continue;
    next[at] = first[above[at] ?? -1] ?? -1;
    first[above[at] ?? -1] = at;
  }
  return { above, first, next };
}

function subtreeSizes(parent: Int32Array): Uint32Array {
  const sizes = new Uint32Array(parent.length).fill(1);
  for (let place = parent.length - 1; place >= 0; place--) {
    const above = parent[place] ?? -1;
    if (above >= 0) sizes[above] = (sizes[above] ?? 1) + (sizes[place] ?? 1);
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
