import dagre from '@dagrejs/dagre';
import type { Layout, LayoutInput, Point } from './graphPlaces';

type Size = Partial<Pick<Layout, 'width' | 'height'>>;
type Line = Partial<Point> & { readonly points?: readonly Point[] };

/** The layout engine, in a file of its own that the page loads when a graph is first looked at. */
function layOut({ nodes, edges, width, height }: LayoutInput): Layout {
  const graph = new dagre.graphlib.Graph({ multigraph: true });
  graph.setGraph({ rankdir: 'LR', nodesep: 14, ranksep: 48, marginx: 16, marginy: 16 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (let node = 0; node < nodes; node++) graph.setNode(String(node), { width, height });
  edges.forEach(({ from, to }, index) =>
    graph.setEdge(
      String(from),
      String(to),
      { width: 26, height: 14, labelpos: 'c' },
      String(index),
    ),
  );
  dagre.layout(graph);
  const whole = graph.graph() as Size;
  return {
    width: whole.width ?? 0,
    height: whole.height ?? 0,
    nodes: Array.from({ length: nodes }, (_, node) => {
      const { x = 0, y = 0 } = graph.node(String(node)) as Partial<Point>;
      return { x, y };
    }),
    edges: edges.map(({ from, to }, index) => {
      const {
        points = [],
        x = 0,
        y = 0,
      } = graph.edge(String(from), String(to), String(index)) as Line;
      return { points, label: { x, y } };
    }),
  };
}

globalThis.glassboxLayout = layOut;
