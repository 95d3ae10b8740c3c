import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { toError } from '../../src/base/errors';
import type { TraceColumns } from '../../src/model/columns';
import { formatExact, plural } from '../../src/model/format';
import { figuresOf, traceGraph, type TraceGraph } from '../../src/model/traceGraph';
import { IconButton } from '../ui/controls';
import { Empty } from '../ui/empty';
import type { Clock } from './clock';
import { EdgeView, nodeSize, NodeView } from './graphNode';
import { layOut } from './graphEngine';
import { neighbourOf, type Layout } from './graphPlaces';
import { Playhead } from './playhead';
import type { TraceModel } from './traceModel';

/** No smaller does a graph begin: its words must be read. */
const smallest = 0.7;

interface GraphProps {
  readonly model: TraceModel;
  readonly clock: Clock;
}

/** Agents, models and tools of the trace, and who called whom: summed up, or as it ran. */
export function GraphView({ model, clock }: GraphProps) {
  const columns = model.view.value?.columns;
  const graph = useMemo(() => columns && traceGraph(columns), [columns]);
  const layout = useLayout(graph);
  const [chosenZoom, setZoom] = useState<number>();
  const pane = useRef<HTMLDivElement>(null);
  const [moment, setMoment] = useState<number>();
  if (!columns || !graph) return null;
  const fitting = typeof layout === 'object' ? (pane.current?.clientWidth ?? 0) / layout.width : 1;
  const zoom = chosenZoom ?? Math.min(1, Math.max(smallest, fitting));
  const place = (factor: number) => setZoom(Math.min(2, Math.max(0.3, zoom * factor)));
  return (
    <div ref={pane} class="graph tree">
      <div class="graph-head">
        <span class="dim">
          {plural(graph.nodes.length, 'node')}
          {graph.hidden > 0 && `, ${formatExact(graph.hidden)} rare ones left out`}
        </span>
        <Playhead end={clock.end.value} moment={moment} onChange={setMoment} />
        <IconButton label="Smaller" icon="zoom-out" onClick={() => place(1 / 1.25)} />
        <IconButton label="Larger" icon="zoom-in" onClick={() => place(1.25)} />
      </div>
      {typeof layout === 'string' && <Empty icon="warning" title={layout} />}
      {graph.nodes.length === 0 && (
        <Empty title="Nothing to draw.">
          This trace has no agents, model calls or tools: its spans are all plain.
        </Empty>
      )}
      {typeof layout === 'object' && graph.nodes.length > 0 && (
        <Drawing {...{ model, columns, graph, layout, zoom, moment }} />
      )}
    </div>
  );
}

/** Undefined while the engine loads or works; a sentence when it could not. */
function useLayout(graph: TraceGraph | undefined): Layout | string | undefined {
  const [layout, setLayout] = useState<Layout | string>();
  // Rows that only make counts grow leave everything where it stands.
  const shape = graph?.edges.map(({ from, to }) => `${from}-${to}`).join() ?? '';
  const nodes = graph?.nodes.length ?? 0;
  useEffect(() => {
    if (!graph) return undefined;
    let current = true;
    layOut({ nodes, edges: graph.edges, ...nodeSize }).then(
      (places) => current && setLayout(places),
      (thrown: unknown) => current && setLayout(toError(thrown).message),
    );
    return () => (current = false);
  }, [shape, nodes]);
  // Of a graph that has grown meanwhile there are no places yet.
  if (typeof layout === 'object' && graph && layout.nodes.length < nodes) return undefined;
  return layout;
}

interface DrawingProps {
  readonly model: TraceModel;
  readonly columns: TraceColumns;
  readonly graph: TraceGraph;
  readonly layout: Layout;
  readonly zoom: number;
  readonly moment: number | undefined;
}

function Drawing({ model, columns, graph, layout, zoom, moment }: DrawingProps) {
  const element = useRef<HTMLDivElement>(null);
  const selected = model.selectedRow.value;
  const chosen = graph.nodes.findIndex(({ rows }) => rows.includes(selected));
  const [focused, setFocused] = useState(Math.max(0, chosen));
  const focus = (node: number) => {
    setFocused(node);
    element.current?.querySelector<SVGElement>(`[data-node="${node}"]`)?.focus();
  };
  const choose = (node: number) => {
    setFocused(node);
    model.select(nextOf(graph.nodes[node]?.rows ?? [], selected));
  };
  useEffect(() => {
    const node = element.current?.querySelector(`[data-node="${Math.max(0, chosen)}"]`);
    node?.scrollIntoView({ block: 'center', inline: 'nearest' });
  }, [chosen, layout]);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter' || event.key === ' ') choose(focused);
    else {
      const next = neighbourOf(layout.nodes, focused, event.key);
      if (next < 0) return;
      focus(next);
    }
    event.preventDefault();
  };
  return (
    <div ref={element} class="graph-scroll" id="tree" tabIndex={-1} onKeyDown={onKeyDown}>
      <svg
        role="group"
        aria-label="Who called whom"
        viewBox={`0 0 ${layout.width} ${layout.height}`}
        width={layout.width * zoom}
        height={layout.height * zoom}
      >
        <Arrows />
        {graph.edges.map((edge, index) => {
          const figures = figuresOf(columns, edge.rows, moment);
          const place = layout.edges[index];
          return place && <EdgeView key={index} {...{ edge, place, figures }} />;
        })}
        {graph.nodes.map((node, index) => {
          const place = layout.nodes[index];
          if (!place) return null;
          return (
            <NodeView
              key={node.id}
              {...{ node, index, place, figures: figuresOf(columns, node.rows, moment) }}
              chosen={index === chosen}
              reachable={index === Math.min(focused, graph.nodes.length - 1)}
              onChoose={() => choose(index)}
            />
          );
        })}
      </svg>
    </div>
  );
}

function Arrows() {
  return (
    <defs>
      {['call', 'handoff'].map((id) => (
        <marker
          key={id}
          id={`arrow-${id}`}
          class={`arrow arrow-${id}`}
          viewBox="0 0 8 8"
          refX="8"
          refY="4"
          markerWidth="7"
          markerHeight="7"
          orient="auto-start-reverse"
        >
          <path d="M0,0 L8,4 L0,8 z" />
        </marker>
      ))}
    </defs>
  );
}

/** The first row of a node; chosen again, the next one. */
function nextOf(rows: readonly number[], selected: number): number {
  const at = rows.indexOf(selected);
  return rows[(at + 1) % rows.length] ?? -1;
}
