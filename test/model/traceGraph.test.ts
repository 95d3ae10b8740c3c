import { describe, expect, test } from 'vitest';
import { toColumns, type TraceColumns } from '../../src/model/columns';
import type { ObservationSummary } from '../../src/model/observation';
import { figuresOf, mostNodes, traceGraph } from '../../src/model/traceGraph';

type Step = Partial<ObservationSummary> & {
  readonly name: string;
  /** Milliseconds. */
  readonly at: number;
  readonly to?: number;
  /** The place of the parent in the list. */
  readonly in?: number;
};

const idOf = (index: number) => (index + 1).toString(16).padStart(16, '0');

function columnsOf(steps: readonly Step[]): TraceColumns {
  return toColumns(
    steps.map(({ at, to, in: parent, ...fields }, index) => ({
      ...{ traceId: '1'.repeat(32), spanId: idOf(index), kind: 'span', level: 'info', ai: true },
      parentSpanId: parent === undefined ? undefined : idOf(parent),
      startTime: at * 1000,
      endTime: to === undefined ? undefined : to * 1000,
      status: to === undefined ? 'running' : 'ok',
      ...fields,
    })),
  );
}

/** One line an edge: `agent A -2> tool T`, `=1>` for handoffs; nodes without any edge alone. */
function drawn(steps: readonly Step[]): readonly string[] {
  const { nodes, edges } = traceGraph(columnsOf(steps));
  const linked = new Set(edges.flatMap(({ from, to }) => [from, to]));
  return [
    ...nodes.filter((_, index) => !linked.has(index)).map(({ id }) => id),
    ...edges.map(
      ({ from, to, handoff, rows }) =>
        `${nodes[from]?.id} ${handoff ? '=' : '-'}${rows.length}> ${nodes[to]?.id}`,
    ),
  ];
}

const agent = (name: string, [at, to]: readonly [number, number], parent?: number): Step => ({
  ...{ kind: 'agent', name, at, to, in: parent },
});

describe('a trace as a graph', () => {
  test.each<[string, readonly Step[], readonly string[]]>([
    ['nothing', [], []],
    ['one agent alone', [agent('A', [0, 9])], ['agent A']],
    [
      'calls of the same tool are one node and one edge',
      [
        agent('A', [0, 9]),
        { kind: 'tool', name: 'search', at: 1, to: 2, in: 0 },
        { kind: 'tool', name: 'search', at: 3, to: 4, in: 0 },
        { kind: 'tool', name: 'pay', at: 5, to: 6, in: 0 },
      ],
      ['agent A -2> tool search', 'agent A -1> tool pay'],
    ],
    [
      'model calls are named by their model',
      [agent('A', [0, 9]), { kind: 'generation', name: 'chat', model: 'm-1', at: 1, to: 2, in: 0 }],
      ['agent A -1> generation m-1'],
    ],
    [
      'chains and plain spans are looked through',
      [
        agent('A', [0, 9]),
        { kind: 'chain', name: 'step', at: 1, to: 8, in: 0 },
        { name: 'http', at: 2, to: 7, in: 1 },
        { kind: 'tool', name: 'search', at: 3, to: 4, in: 2 },
      ],
      ['agent A -1> tool search'],
    ],
    [
      'an agent as a tool of another, and one that calls itself',
      [agent('A', [0, 9]), agent('B', [1, 8], 0), agent('B', [2, 7], 1)],
      ['agent A -1> agent B'],
    ],
    [
      'a handoff leads to the agent that begins next',
      [
        { kind: 'chain', name: 'run', at: 0, to: 20 },
        agent('A', [1, 5], 0),
        { kind: 'handoff', name: 'A → B', at: 4, to: 4, in: 1 },
        agent('B', [6, 10], 0),
        { kind: 'handoff', name: 'B → A', at: 9, to: 9, in: 3 },
        agent('A', [11, 15], 0),
      ],
      ['agent A =1> agent B', 'agent B =1> agent A'],
    ],
    [
      'a handoff nobody took leads nowhere',
      [agent('A', [0, 5]), { kind: 'handoff', name: 'A → B', at: 4, to: 4, in: 0 }],
      ['agent A'],
    ],
  ])('%s', (_, steps, expected) => {
    expect(drawn(steps)).toEqual(expected);
  });

  test('of too many the rarest are left out, and counted', () => {
    const steps = Array.from({ length: 200 }, (_, index): Step => ({
      ...{ kind: 'tool', name: `t${index}`, at: index + 1, to: index + 2, in: 0 },
    }));
    const graph = traceGraph(
      columnsOf([
        agent('A', [0, 300]),
        ...steps,
        { kind: 'tool', name: 't199', at: 250, to: 251, in: 0 },
      ]),
    );
    expect(graph.nodes).toHaveLength(mostNodes);
    expect(graph.hidden).toBe(201 - mostNodes);
    expect(graph.nodes.map(({ name }) => name)).toContain('t199');
    for (const { from, to } of graph.edges)
      expect(graph.nodes[from] && graph.nodes[to]).toBeDefined();
  });
});

describe('figures', () => {
  const columns = columnsOf([
    { kind: 'tool', name: 't', at: 0, to: 10, cost: { total: 0.5 }, usage: { input: 3 } },
    { kind: 'tool', name: 't', at: 20, to: 30, status: 'error' },
    { kind: 'tool', name: 't', at: 40 },
  ]);
  const rows = traceGraph(columns).nodes[0]?.rows ?? [];
  const at = (milliseconds?: number) =>
    figuresOf(columns, rows, milliseconds === undefined ? undefined : milliseconds * 1000);

  test.each([
    [undefined, { count: 3, time: 20_000, cost: 0.5, tokens: 3, errors: 1, active: true }],
    [5, { count: 1, time: 5000, cost: -1, tokens: -1, errors: 0, active: true }],
    [15, { count: 1, time: 10_000, cost: 0.5, tokens: 3, errors: 0, active: false }],
    [35, { count: 2, time: 20_000, cost: 0.5, tokens: 3, errors: 1, active: false }],
  ])('at %s ms', (moment, figures) => {
    expect(at(moment)).toEqual(figures);
  });

  test('of nothing are nothing', () => {
    expect(figuresOf(columns, [])).toEqual({
      ...{ count: 0, time: 0, cost: -1, tokens: -1, errors: 0, active: false },
    });
  });
});
