import { toColumns } from '../../../src/model/columns';
import type { Observation, ObservationSummary } from '../../../src/model/observation';
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

/** A trace of `count` rows: turns of model calls and tools, some of which fail. */
export function largeTrace(count: number): Made {
  const rows: Observation[] = [];
  const root = observation({
    from: 0,
    to: count * 4,
    kind: 'agent',
    name: 'Batch',
    agentName: 'Batch',
  });
  rows.push(root);
  let turn = root.spanId;
  for (let index = 1; index < count; index++) {
    const from = index * 4;
    if (index % 10 === 1) {
      const chain = observation({
        from,
        to: from + 38,
        kind: 'chain',
        name: `turn ${(index + 9) / 10}`,
        parentSpanId: root.spanId,
      });
      turn = chain.spanId;
      rows.push(chain);
    } else if (index % 3 === 0) {
      const failed = index % 997 === 0;
      rows.push(
        observation({
          from,
          to: from + 3,
          kind: 'tool',
          name: 'search_orders',
          toolName: 'search_orders',
          parentSpanId: turn,
          status: failed ? 'error' : 'ok',
        }),
      );
    } else {
      const usage = { input: 900 + (index % 500), output: 40 + (index % 60) };
      rows.push(
        observation({
          from,
          to: from + 3,
          kind: 'generation',
          name: 'chat',
          model: 'gpt-5-mini',
          parentSpanId: turn,
          usage,
          cost: { total: 0.0004 },
        }),
      );
    }
  }
  return makeTrace(rows);
}
