/** Where the nodes and edges of a graph stand. */

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface LayoutInput {
  /** How many there are; edges name them by index. */
  readonly nodes: number;
  readonly edges: readonly { readonly from: number; readonly to: number }[];
  /** Pixels of each node. */
  readonly width: number;
  readonly height: number;
}

export interface Layout {
  readonly width: number;
  readonly height: number;
  /** Centres. */
  readonly nodes: readonly Point[];
  readonly edges: readonly { readonly points: readonly Point[]; readonly label: Point }[];
}

/** A smooth line through points, as an SVG path. */
export function pathThrough(points: readonly Point[]): string {
  const [first, ...rest] = points;
  if (!first) return '';
  const corners = rest.slice(0, -1);
  const last = rest.at(-1) ?? first;
  const curves = corners.map((point, index) => {
    const next = corners[index + 1] ?? last;
    const middle = { x: (point.x + next.x) / 2, y: (point.y + next.y) / 2 };
    const end = index === corners.length - 1 ? last : middle;
    return `Q${point.x},${point.y} ${end.x},${end.y}`;
  });
  return `M${first.x},${first.y} ${curves.length > 0 ? curves.join(' ') : `L${last.x},${last.y}`}`;
}

/** The nearest other node in the direction of an arrow key, or -1. */
export function neighbourOf(nodes: readonly Point[], from: number, key: string): number {
  const direction = directions[key];
  const origin = nodes[from];
  if (!direction || !origin) return -1;
  let best = -1;
  let least = Infinity;
  nodes.forEach((node, index) => {
    const along = (node.x - origin.x) * direction.x + (node.y - origin.y) * direction.y;
    const aside = Math.abs((node.x - origin.x) * direction.y + (node.y - origin.y) * direction.x);
    if (along < 1 || index === from) return;
    const distance = along + aside * 2;
    if (distance < least) [best, least] = [index, distance];
  });
  return best;
}

const directions: Readonly<Record<string, Point>> = {
  ArrowRight: { x: 1, y: 0 },
  ArrowLeft: { x: -1, y: 0 },
  ArrowDown: { x: 0, y: 1 },
  ArrowUp: { x: 0, y: -1 },
};
