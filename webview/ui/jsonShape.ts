import type { Json } from '../../src/model/value';

/** The plain part of the JSON tree: what is open at first, what is shown of a line. */

export type Composite = readonly Json[] | { readonly [key: string]: Json };

export function isComposite(value: Json | undefined): value is Composite {
  return typeof value === 'object' && value !== null;
}

export function childrenOf(value: Composite): readonly (readonly [string, Json])[] {
  return isList(value)
    ? value.map((item, index) => [String(index), item] as const)
    : Object.entries(value);
}

export function sizeOf(value: Composite): number {
  return isList(value) ? value.length : Object.keys(value).length;
}

export function isList(value: Composite): value is readonly Json[] {
  return Array.isArray(value);
}

/** How many levels may stand open at first so that no more than `budget` lines show. */
export function openLevels(value: Json, budget: number): number {
  let lines = 1;
  let level: readonly Json[] = [value];
  for (let depth = 0; ; depth++) {
    const next = level.flatMap((item) => (isComposite(item) ? Object.values<Json>(item) : []));
    lines += next.length;
    if (next.length === 0 || lines > budget) return depth;
    level = next;
  }
}

/** A folded value in one line: its first members, cut. */
export function previewOf(value: Composite, width = 60): string {
  const list = isList(value);
  let text = '';
  for (const [key, item] of childrenOf(value).slice(0, 8)) {
    text += `${text === '' ? '' : ', '}${list ? '' : `${key}: `}${shortOf(item)}`;
    if (text.length > width) break;
  }
  const all = text.length <= width && sizeOf(value) <= 8;
  const inside = all ? text : `${text.slice(0, width)}…`;
  return list ? `[${inside}]` : `{${inside}}`;
}

function shortOf(value: Json): string {
  if (isComposite(value)) return isList(value) ? '[…]' : '{…}';
  return typeof value === 'string' ? JSON.stringify(value.slice(0, 40)) : String(value);
}

/** The object or list a text holds, if it is the JSON text of one. */
export function parseComposite(text: string): Composite | undefined {
  if (!/^\s*[[{]/.test(text) || !/[\]}]\s*$/.test(text)) return undefined;
  try {
    const value = JSON.parse(text) as Json;
    return isComposite(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** A value as the text to copy or to open in an editor. */
export function toText(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value, undefined, 2);
}

/** Control characters as their pictures, so that none of them is silently swallowed. */
export function withVisibleControls(text: string): string {
  // eslint-disable-next-line no-control-regex -- these are the characters meant
  return text.replace(/[\0-\x08\x0b-\x1f\x7f]/g, (character) =>
    character === '\x7f' ? '\u2421' : String.fromCharCode(0x2400 + character.charCodeAt(0)),
  );
}
