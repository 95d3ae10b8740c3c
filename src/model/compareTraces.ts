import { align } from './align';
import { spanIdAt, toColumns } from './columns';
import { tokensOf } from './filterMatch';
import type { ObservationKind, ObservationSummary } from './observation';

/** Two traces side by side, by their structure: what one did that the other did not. */

/** What an observation holds, as text that is equal where it is; absent where it was not read. */
export interface ComparedContent {
  readonly input?: string;
  readonly output?: string;
  readonly parameters?: string;
}

export interface ComparedTrace {
  readonly rows: readonly ObservationSummary[];
  readonly contents: ReadonlyMap<string, ComparedContent>;
}

/** What tells two observations apart. Tokens, cost and time nearly always do. */
export type DifferenceField =
  'input' | 'output' | 'model' | 'parameters' | 'status' | 'tokens' | 'cost' | 'time';

/** A number of both; absent where it is not known. */
export interface BothNumbers {
  readonly left?: number;
  readonly right?: number;
}

/** One place of the common tree. Without `left` or `right` only the other trace has it. */
export interface ComparedStep {
  readonly left?: string;
  readonly right?: string;
  readonly depth: number;
  readonly kind: ObservationKind;
  readonly name: string;
  readonly differences: readonly DifferenceField[];
  readonly models: { readonly left?: string; readonly right?: string };
  readonly tokens: BothNumbers;
  /** US dollars. */
  readonly cost: BothNumbers;
  /** Microseconds. */
  readonly time: BothNumbers;
}

export interface TraceComparison {
  /** In the order of the tree. */
  readonly steps: readonly ComparedStep[];
  /**
   * Index of the step where the traces part: of all that differs in what was done, said or asked,
   * what came first in time. Absent where nothing does.
   */
  readonly firstDifference?: number;
}

interface Node {
  readonly row: ObservationSummary;
  readonly children: Node[];
}

interface Placed {
  readonly left: ObservationSummary | undefined;
  readonly right: ObservationSummary | undefined;
  readonly depth: number;
}

export function compareTraces(left: ComparedTrace, right: ComparedTrace): TraceComparison {
  const placed: Placed[] = [];
  placeAll(forestOf(left.rows), forestOf(right.rows), placed);
  const steps = placed.map((place) => stepOf(place, left.contents, right.contents));
  const origins = [originOf(left.rows), originOf(right.rows)] as const;
  let first: number | undefined;
  let earliest = Infinity;
  for (const [i, step] of steps.entries()) {
    const time = partingTime(step, placed[i], origins);
    if (time >= earliest) continue;
    earliest = time;
    first = i;
  }
  return first === undefined ? { steps } : { steps, firstDifference: first };
}

function forestOf(rows: readonly ObservationSummary[]): readonly Node[] {
  const columns = toColumns(rows);
  const byId = new Map(rows.map((row) => [row.spanId, row]));
  const nodes: Node[] = [];
  const roots: Node[] = [];
  for (let at = 0; at < columns.count; at++) {
    const row = byId.get(spanIdAt(columns, at));
    if (!row) continue;
    const node: Node = { row, children: [] };
    nodes[at] = node;
    (nodes[columns.parent[at] ?? -1]?.children ?? roots).push(node);
  }
  return roots;
}

/** Depth first, without recursion: traces may be as deep as they are long. */
function placeAll(left: readonly Node[], right: readonly Node[], placed: Placed[]): void {
  const keyOf = ({ row }: Node) => `${row.kind} ${row.name}`;
  const stack = [{ pairs: [...align(left, right, keyOf)].reverse(), depth: 0 }];
  for (let top = stack.at(-1); top; top = stack.at(-1)) {
    const pair = top.pairs.pop();
    if (!pair) {
      stack.pop();
      continue;
    }
    const { depth } = top;
    placed.push({ left: pair.left?.row, right: pair.right?.row, depth });
    const below = align(pair.left?.children ?? [], pair.right?.children ?? [], keyOf);
    if (below.length > 0) stack.push({ pairs: [...below].reverse(), depth: depth + 1 });
  }
}

function stepOf(
  { left, right, depth }: Placed,
  leftContents: ComparedTrace['contents'],
  rightContents: ComparedTrace['contents'],
): ComparedStep {
  const { kind = 'span', name = '' } = left ?? right ?? {};
  const contents = [leftContents.get(left?.spanId ?? ''), rightContents.get(right?.spanId ?? '')];
  const numbers = {
    tokens: both(tokensOf(left?.usage), tokensOf(right?.usage)),
    cost: both(left?.cost?.total, right?.cost?.total),
    time: both(durationOf(left), durationOf(right)),
  };
  const models = both(left?.model ?? left?.requestedModel, right?.model ?? right?.requestedModel);
  const unequal: Readonly<Record<DifferenceField, boolean>> = {
    input: differs(contents[0]?.input, contents[1]?.input),
    output: differs(contents[0]?.output, contents[1]?.output),
    model: models.left !== models.right,
    parameters: differs(contents[0]?.parameters, contents[1]?.parameters),
    status: left?.status !== right?.status,
    tokens: numbers.tokens.left !== numbers.tokens.right,
    cost: numbers.cost.left !== numbers.cost.right,
    time: numbers.time.left !== numbers.time.right,
  };
  const differences =
    left && right ? (Object.keys(unequal) as DifferenceField[]).filter((key) => unequal[key]) : [];
  return {
    ...both(left?.spanId, right?.spanId),
    depth,
    kind,
    name,
    differences,
    models,
    ...numbers,
  };
}

function differs(left: string | undefined, right: string | undefined): boolean {
  return (left ?? '') !== (right ?? '');
}

function both<T>(left: T | undefined, right: T | undefined): { left?: T; right?: T } {
  return { ...(left !== undefined && { left }), ...(right !== undefined && { right }) };
}

function durationOf(row: ObservationSummary | undefined): number | undefined {
  return row?.endTime === undefined ? undefined : row.endTime - row.startTime;
}

function originOf(rows: readonly ObservationSummary[]): number {
  return rows.reduce((least, { startTime }) => Math.min(least, startTime), Infinity);
}

/**
 * When, from the start of its trace, a step was first seen to differ: what it was given is there
 * when it begins, what came out when it ends, so that a parent never stands for its children.
 */
function partingTime(
  { differences }: ComparedStep,
  placed: Placed | undefined,
  origins: readonly [number, number],
): number {
  const sides = [placed?.left, placed?.right].flatMap((row, side) =>
    row ? { row, origin: origins[side] ?? 0 } : [],
  );
  const started = Math.min(...sides.map(({ row, origin }) => row.startTime - origin));
  if (sides.length === 1) return started;
  if (differences.some((field) => ['input', 'model', 'parameters'].includes(field))) return started;
  if (!differences.some((field) => field === 'output' || field === 'status')) return Infinity;
  return Math.min(...sides.map(({ row, origin }) => (row.endTime ?? Infinity) - origin));
}
