import type { Attributes } from '../model/span';
import type { Json } from '../model/value';
import { toJson } from './json';

/**
 * Lists and objects that were spread over many attributes: `messages.0.role`, `messages.0.content`.
 * Indices may have gaps and come in any order; they say only what comes before what.
 */

interface Node {
  value: Json | undefined;
  children: Map<string, Node> | undefined;
}

const depthLimit = 24;
const hostile = new Set(['__proto__', 'constructor', 'prototype']);

/** What lies below `prefix`, numbered children as a list; undefined where nothing does. */
export function unflatten(attributes: Attributes, prefix: string): Json | undefined {
  const root: Node = { value: undefined, children: undefined };
  const start = `${prefix}.`;
  for (const key of attributes.keys()) {
    if (!key.startsWith(start)) continue;
    const path = key.slice(start.length).split('.');
    if (path.length > depthLimit || path.some((segment) => hostile.has(segment))) continue;
    place(root, path).value = toJson(attributes.get(key) ?? null);
  }
  return root.children ? jsonOf(root) : undefined;
}

function place(root: Node, path: readonly string[]): Node {
  let node = root;
  for (const segment of path) {
    node.children ??= new Map();
    let child = node.children.get(segment);
    if (!child) node.children.set(segment, (child = { value: undefined, children: undefined }));
    node = child;
  }
  return node;
}

/** A node that is a value and has children says more by its children. */
function jsonOf({ value, children }: Node): Json {
  if (!children) return value ?? null;
  const entries = [...children];
  if (entries.every(([key]) => /^\d+$/.test(key))) {
    return entries.sort(([a], [b]) => Number(a) - Number(b)).map(([, child]) => jsonOf(child));
  }
  const record: Record<string, Json> = Object.create(null) as Record<string, Json>;
  for (const [key, child] of entries) record[key] = jsonOf(child);
  return record;
}
