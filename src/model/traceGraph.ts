import { detailAt, kindAt, nameAt, statusAt, type TraceColumns } from './columns';
import type { ObservationKind } from './observation';

/**
 * A trace as a graph: who called whom. Agents, models, tools and what else has a name of its own
 * are nodes, however often they ran; chains and plain spans are looked through. A handoff leads
 * from the agent that gave up the conversation to the one that took it over.
 */

export interface GraphNode {
  /** Kind and name. */
  readonly id: string;
  readonly kind: ObservationKind;
  readonly name: string;
  /** Rows it stands for, in order of time. */
  readonly rows: readonly number[];
}

export interface GraphEdge {
  /** Index of a node. */
  readonly from: number;
  readonly to: number;
  readonly handoff: boolean;
  /** Rows that went this way, in order of time: the called ones, or the handoffs. */
  readonly rows: readonly number[];
}

export interface TraceGraph {
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
  /** Nodes left out because there are too many; the rarest ones. */
  readonly hidden: number;
}

/** What the rows of a node or an edge sum up to at some moment. */
export interface GraphFigures {
  readonly count: number;
  /** Microseconds. */
  readonly time: number;
  /** US dollars; -1 where none is known. */
  readonly cost: number;
  /** -1 where none were reported. */
  readonly tokens: number;
  readonly errors: number;
  /** True while one of them runs. */
  readonly active: boolean;
}

const lookedThrough: ReadonlySet<ObservationKind> = new Set(['chain', 'event', 'span', 'handoff']);

/** So many nodes can be read; more would be a carpet. */
export const mostNodes = 150;

export function traceGraph(columns: TraceColumns): TraceGraph {
  const builder = new GraphBuilder();
  /** The node each row belongs to: its own, or that of the nearest row above that has one. */
  const owner = new Int32Array(columns.count).fill(-1);
  for (let row = 0; row < columns.count; row++) {
    const above = owner[columns.parent[row] ?? -1] ?? -1;
    const kind = kindAt(columns, row);
    if (lookedThrough.has(kind)) {
      owner[row] = above;
      continue;
    }
    const node = builder.node(kind, labelOf(columns, row), row);
    owner[row] = node;
    if (above >= 0 && above !== node) builder.edge({ from: above, to: node, handoff: false }, row);
  }
  for (const { from, to, row } of handoffs(columns, owner)) {
    builder.edge({ from, to, handoff: true }, row);
  }
  return builder.graph(columns);
}

/** The sums over rows that began by `at` microseconds from the origin; with all time given, over all. */
export function figuresOf(
  columns: TraceColumns,
  rows: readonly number[],
  at = Infinity,
): GraphFigures {
  let [count, time, cost, tokens, errors, active] = [0, 0, -1, -1, 0, false];
  for (const row of rows) {
    const start = columns.start[row] ?? 0;
    if (start > at) break;
    const duration = columns.duration[row] ?? -1;
    const ended = duration >= 0 && start + duration <= at;
    count++;
    time += duration < 0 ? 0 : Math.min(duration, at - start);
    active ||= !ended && (duration >= 0 || statusAt(columns, row) === 'running');
    if (!ended) continue;
    const [dollars = -1, used = -1] = [columns.cost[row], columns.tokens[row]];
    if (dollars >= 0) cost = Math.max(0, cost) + dollars;
    if (used >= 0) tokens = Math.max(0, tokens) + used;
    if (statusAt(columns, row) === 'error') errors++;
  }
  return { count, time, cost, tokens, errors, active };
}

/** A model call is named by its model where that is known. */
function labelOf(columns: TraceColumns, row: number): string {
  const detail = detailAt(columns, row);
  return detail === '' || kindAt(columns, row) === 'chain' ? nameAt(columns, row) : detail;
}

interface Handoff {
  readonly from: number;
  readonly to: number;
  readonly row: number;
}

/** From the agent a handoff stands below to the next agent that begins and is not above it. */
function handoffs(columns: TraceColumns, owner: Int32Array): readonly Handoff[] {
  const rows = (kind: ObservationKind) =>
    byTime(
      columns,
      Array.from({ length: columns.count }, (_, row) => row).filter(
        (row) => kindAt(columns, row) === kind,
      ),
    );
  const given = rows('handoff');
  const agents = given.length > 0 ? rows('agent') : [];
  return given.flatMap((row) => {
    const from = owner[row] ?? -1;
    const began = columns.start[row] ?? 0;
    const next = agents.find(
      (agent) => (columns.start[agent] ?? 0) >= began && (owner[agent] ?? -1) !== from,
    );
    return from < 0 || next === undefined ? [] : { from, to: owner[next] ?? -1, row };
  });
}

function byTime({ start }: TraceColumns, rows: readonly number[]): number[] {
  return [...rows].sort((a, b) => (start[a] ?? 0) - (start[b] ?? 0) || a - b);
}

type Way = Pick<GraphEdge, 'from' | 'to' | 'handoff'>;

class GraphBuilder {
  private readonly nodes: { id: string; kind: ObservationKind; name: string; rows: number[] }[] =
    [];
  private readonly indexes = new Map<string, number>();
  private readonly edges = new Map<string, Way & { rows: number[] }>();

  node(kind: ObservationKind, name: string, row: number): number {
    const id = `${kind} ${name}`;
    const known = this.indexes.get(id);
    if (known !== undefined) {
      this.nodes[known]?.rows.push(row);
      return known;
    }
    const index = this.nodes.push({ id, kind, name, rows: [row] }) - 1;
    this.indexes.set(id, index);
    return index;
  }

  edge(way: Way, row: number): void {
    const key = `${way.from} ${way.to} ${way.handoff}`;
    const known = this.edges.get(key);
    if (known) known.rows.push(row);
    else this.edges.set(key, { ...way, rows: [row] });
  }

  graph(columns: TraceColumns): TraceGraph {
    const kept = this.nodes
      .map((node, index) => ({ node, index }))
      .sort((a, b) => b.node.rows.length - a.node.rows.length || a.index - b.index)
      .slice(0, mostNodes)
      .sort((a, b) => a.index - b.index);
    const places = new Map(kept.map(({ index }, place) => [index, place]));
    const nodes = kept.map(({ node }) => ({ ...node, rows: byTime(columns, node.rows) }));
    const edges = [...this.edges.values()].flatMap((edge) => {
      const from = places.get(edge.from);
      const to = places.get(edge.to);
      if (from === undefined || to === undefined) return [];
      return { from, to, handoff: edge.handoff, rows: byTime(columns, edge.rows) };
    });
    return { nodes, edges, hidden: this.nodes.length - kept.length };
  }
}
