import { formatCost, formatCount, formatDuration, plural } from '../../src/model/format';
import type { GraphEdge, GraphFigures, GraphNode } from '../../src/model/traceGraph';
import { Icon, kindIcons } from '../ui/icon';
import { pathThrough, type Layout, type Point } from './graphPlaces';

/** Pixels of a node. */
export const nodeSize = { width: 190, height: 48 };

interface NodeProps {
  readonly node: GraphNode;
  readonly index: number;
  readonly place: Point;
  readonly figures: GraphFigures;
  readonly chosen: boolean;
  /** One node at a time is a stop of the Tab key; arrows lead to the others. */
  readonly reachable: boolean;
  readonly onChoose: () => void;
}

/** An agent, a model, a tool: how often, how long, for how much, and what failed. */
export function NodeView(props: NodeProps) {
  const { node, index, place, figures, chosen, reachable, onChoose } = props;
  const { width, height } = nodeSize;
  const state = [
    `graph-node kind-${node.kind}`,
    chosen && 'chosen',
    figures.errors > 0 && 'failed',
    figures.count === 0 && 'unborn',
    figures.active && 'active',
  ];
  return (
    <foreignObject x={place.x - width / 2} y={place.y - height / 2} width={width} height={height}>
      <div
        class={state.filter(Boolean).join(' ')}
        data-node={index}
        role="button"
        aria-pressed={chosen}
        tabIndex={reachable ? 0 : -1}
        title={`${node.kind} ${node.name.slice(0, 300)}\n${described(figures)}`}
        onClick={onChoose}
      >
        <span class="graph-name">
          <Icon name={kindIcons[node.kind]} class="kind" />
          <span class="hidden-text">{node.kind} </span>
          <span class="graph-label" dir="auto">
            {node.name.slice(0, 120)}
          </span>
          {figures.count !== 1 && <span class="graph-count">×{formatCount(figures.count)}</span>}
        </span>
        <span class="graph-figures">
          <span>{formatDuration(figures.time)}</span>
          {figures.cost >= 0 && <span>{formatCost(figures.cost)}</span>}
          {figures.cost < 0 && figures.tokens >= 0 && (
            <span>{formatCount(figures.tokens)} tokens</span>
          )}
          {figures.errors > 0 && (
            <span class="graph-errors">{plural(figures.errors, 'error')}</span>
          )}
        </span>
      </div>
    </foreignObject>
  );
}

function described({ count, time, cost, tokens, errors }: GraphFigures): string {
  return [
    `${plural(count, 'time')}, ${formatDuration(time)} in all`,
    tokens >= 0 && plural(tokens, 'token'),
    cost >= 0 && formatCost(cost),
    errors > 0 && plural(errors, 'error'),
  ]
    .filter(Boolean)
    .join('\n');
}

interface EdgeProps {
  readonly edge: GraphEdge;
  readonly place: Layout['edges'][number];
  readonly figures: GraphFigures;
}

/** A way calls went, or, dashed, a handoff. */
export function EdgeView({ edge, place, figures }: EdgeProps) {
  const kind = edge.handoff ? 'handoff' : 'call';
  const state = figures.count === 0 ? 'unborn' : figures.active ? 'active' : '';
  return (
    <g class={`graph-edge ${kind} ${state}`} aria-hidden>
      <path d={pathThrough(place.points)} marker-end={`url(#arrow-${kind})`} />
      {figures.count > 1 && (
        <text x={place.label.x} y={place.label.y} dy="-4" text-anchor="middle">
          {formatCount(figures.count)}
        </text>
      )}
    </g>
  );
}
