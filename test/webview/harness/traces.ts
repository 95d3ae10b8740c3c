import { toColumns, type TraceColumns } from '../../../src/model/columns';
import {
  observationKinds,
  observationStatuses,
  type Observation,
  type ObservationSummary,
} from '../../../src/model/observation';
import { rollUp } from '../../../src/model/rollup';
import type { TraceView } from '../../../src/protocol';

/** Traces for the harness, built by the same functions that build real ones. */

/** Microseconds since 1970 at which every made-up trace starts. */
export const origin = 1_790_000_000_000_000;

export interface Made {
  readonly observations: ReadonlyMap<string, Observation>;
  readonly view: TraceView;
}

export interface Facts {
  readonly starred?: boolean;
  /** Microseconds since 1970. */
  readonly now?: number;
}

export function makeTrace(observations: readonly Observation[], facts: Facts = {}): Made {
  made = 0;
  const now = facts.now ?? origin + 60_000_000;
  const rows: ObservationSummary[] = observations.map((observation) => ({
    ...observation,
    ai: true,
  }));
  const trace = rollUp(rows, {
    starred: facts.starred ?? false,
    git: { commit: '4f2a9c17d8e0b3a6c5d4e3f2a1b0c9d8e7f6a5b4', dirty: true },
    updatedTime: now,
    derivedBy: { dialects: 1, prices: 'test' },
  });
  return {
    observations: new Map(observations.map((observation) => [observation.spanId, observation])),
    view: { trace, columns: toColumns(rows), now },
  };
}

type Start = Partial<Observation> & { readonly from: number; readonly to?: number };

let made = 0;

/** An observation with times in milliseconds from the origin; `to` is absent while it runs. */
export function observation(start: Start): Observation {
  const { from, to, ...fields } = start;
  const ended = to === undefined ? undefined : origin + to * 1000;
  return {
    traceId: '0af7651916cd43dd8448eb211c80319c',
    spanId: (++made).toString(16).padStart(16, '0'),
    kind: 'span',
    name: 'span',
    startTime: origin + from * 1000,
    endTime: ended,
    status: to === undefined ? 'running' : 'ok',
    level: 'info',
    events: [],
    links: [],
    dialect: {},
    attributes: {},
    ...fields,
  };
}

/** A trace of `count` rows: turns of ten, model calls and tools, some of which fail. */
export function largeTrace(count: number): Made {
  const first = observation({
    from: 0,
    to: count * 4,
    kind: 'agent',
    name: 'Batch',
    agentName: 'Batch',
  });
  const few = makeTrace([first]);
  const turnOf = (row: number) => row - ((row - 1) % 10);
  const isTurn = (row: number) => row > 0 && row % 10 === 1;
  const isTool = (row: number) => row % 3 === 0;
  const kindOf = (row: number) =>
    row === 0 ? 'agent' : isTurn(row) ? 'chain' : isTool(row) ? 'tool' : 'generation';
  const failed = (row: number) => row % 997 === 0 && kindOf(row) === 'tool';
  const idOf = (row: number) =>
    row === 0 ? first.spanId : (row + 1_000_000).toString(16).padStart(16, '0');
  const texts = ['', 'Batch', 'search_orders', 'chat', 'gpt-5-mini'];
  const each = <T>(
    from: (length: { length: number }, value: (_: unknown, row: number) => number) => T,
    value: (row: number) => number,
  ) => from({ length: count }, (_, row) => value(row));
  const called = (row: number) => kindOf(row) === 'generation';
  const turnName = (row: number) => texts.push(`turn ${(row + 9) / 10}`) - 1;
  const columns: TraceColumns = {
    count,
    origin,
    spanIds: Array.from({ length: count }, (_, row) => idOf(row)).join(''),
    parent: each(
      (length, value) => Int32Array.from(length, value),
      (row) => (row === 0 ? -1 : isTurn(row) ? 0 : turnOf(row)),
    ),
    depth: each(
      (length, value) => Uint16Array.from(length, value),
      (row) => (row === 0 ? 0 : isTurn(row) ? 1 : 2),
    ),
    subtree: each(
      (length, value) => Uint32Array.from(length, value),
      (row) => (row === 0 ? count : isTurn(row) ? Math.min(10, count - row) : 1),
    ),
    start: each(
      (length, value) => Float64Array.from(length, value),
      (row) => row * 4000,
    ),
    duration: each(
      (length, value) => Float64Array.from(length, value),
      (row) => (row === 0 ? count * 4000 : isTurn(row) ? 38_000 : 3000),
    ),
    kind: each(
      (length, value) => Uint8Array.from(length, value),
      (row) => observationKinds.indexOf(kindOf(row)),
    ),
    status: each(
      (length, value) => Uint8Array.from(length, value),
      (row) => observationStatuses.indexOf(failed(row) ? 'error' : 'ok'),
    ),
    orphan: new Uint8Array(count),
    tokens: each(
      (length, value) => Float64Array.from(length, value),
      (row) => (called(row) ? 940 + (row % 560) : -1),
    ),
    cost: each(
      (length, value) => Float64Array.from(length, value),
      (row) => (called(row) ? 0.0004 : -1),
    ),
    name: each(
      (length, value) => Uint32Array.from(length, value),
      (row) => (row === 0 ? 1 : isTurn(row) ? turnName(row) : isTool(row) ? 2 : 3),
    ),
    detail: each(
      (length, value) => Uint32Array.from(length, value),
      (row) => (called(row) ? 4 : 0),
    ),
    texts,
  };
  const trace = { ...few.view.trace, observationCount: count };
  return { observations: few.observations, view: { ...few.view, trace, columns } };
}
