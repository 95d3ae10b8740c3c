/** One place of two lists laid side by side; absent where only the other list has it. */
export interface AlignedPair<T> {
  readonly left?: T;
  readonly right?: T;
}

/** Longer middles are paired greedily: the table below grows with the product of both lengths. */
const tableLimit = 4_000_000;

/**
 * Lays two lists side by side in order, with as many pairs of equal keys as there can be. What
 * stands between two pairs comes left before right.
 */
export function align<T extends object>(
  left: readonly T[],
  right: readonly T[],
  keyOf: (item: T) => string,
): readonly AlignedPair<T>[] {
  const keys = [left.map(keyOf), right.map(keyOf)] as const;
  const shared = Math.min(left.length, right.length);
  let start = 0;
  while (start < shared && keys[0][start] === keys[1][start]) start++;
  let end = 0;
  while (end < shared - start && keys[0].at(-1 - end) === keys[1].at(-1 - end)) end++;
  const middles = [
    keys[0].slice(start, left.length - end),
    keys[1].slice(start, right.length - end),
  ] as const;
  const inside = matchesOf(...middles).map(([l, r]) => [l + start, r + start] as const);
  const head = Array.from({ length: start }, (_, i) => [i, i] as const);
  const tail = Array.from(
    { length: end },
    (_, i) => [left.length - end + i, right.length - end + i] as const,
  );
  return laidOut(left, right, [...head, ...inside, ...tail]);
}

type Match = readonly [left: number, right: number];

function matchesOf(left: readonly string[], right: readonly string[]): readonly Match[] {
  if (left.length * right.length > tableLimit) return greedily(left, right);
  const width = right.length + 1;
  const lengths = new Uint32Array((left.length + 1) * width);
  const at = (l: number, r: number) => lengths[l * width + r] ?? 0;
  for (let l = left.length - 1; l >= 0; l--) {
    for (let r = right.length - 1; r >= 0; r--) {
      lengths[l * width + r] =
        left[l] === right[r] ? at(l + 1, r + 1) + 1 : Math.max(at(l + 1, r), at(l, r + 1));
    }
  }
  const matches: Match[] = [];
  for (let l = 0, r = 0; l < left.length && r < right.length;) {
    if (left[l] === right[r]) matches.push([l++, r++]);
    else if (at(l + 1, r) >= at(l, r + 1)) l++;
    else r++;
  }
  return matches;
}

/** Each takes the next of its key that keeps the order. */
function greedily(left: readonly string[], right: readonly string[]): readonly Match[] {
  const places = new Map<string, number[]>();
  right.forEach((key, r) => {
    if (!places.get(key)?.push(r)) places.set(key, [r]);
  });
  const matches: Match[] = [];
  let next = 0;
  left.forEach((key, l) => {
    const open = places.get(key) ?? [];
    while ((open[0] ?? next) < next) open.shift();
    const r = open.shift();
    if (r === undefined) return;
    matches.push([l, r]);
    next = r + 1;
  });
  return matches;
}

function laidOut<T extends object>(
  left: readonly T[],
  right: readonly T[],
  matches: readonly Match[],
): readonly AlignedPair<T>[] {
  const pairs: AlignedPair<T>[] = [];
  let [l, r] = [0, 0];
  for (const [nextLeft, nextRight] of [...matches, [left.length, right.length] as const]) {
    pairs.push(...left.slice(l, nextLeft).map((item) => ({ left: item })));
    pairs.push(...right.slice(r, nextRight).map((item) => ({ right: item })));
    const [one, other] = [left[nextLeft], right[nextRight]];
    if (one !== undefined && other !== undefined) pairs.push({ left: one, right: other });
    [l, r] = [nextLeft + 1, nextRight + 1];
  }
  return pairs;
}
