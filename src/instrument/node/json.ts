/**
 * Any value as JSON text: whatever a tool returns must be shown, so circular references, bytes,
 * big integers, functions and throwing getters have a text of their own, and what is too large
 * is cut where it is longest and counted.
 */

export interface JsonText {
  readonly text: string;
  /** Characters left out; 0 where all of it is there. */
  readonly cut: number;
}

const deepest = 60;

/** `value` as JSON text of at most about `limit` characters. */
export function toJsonText(value: unknown, limit: number): JsonText {
  for (let leaf = limit; ; leaf = Math.floor(leaf / 4)) {
    const state: State = { leaf, cut: 0, path: new Set() };
    const text = JSON.stringify(plain(value, state, 0)) ?? 'null';
    // Quotes and the like around a text that was cut may come on top.
    if (text.length <= limit + (state.cut > 0 ? 64 : 0)) return { text, cut: state.cut };
    if (leaf < 64) {
      // Too many small parts to cut each: the text is cut, and is no JSON any more.
      return { text: text.slice(0, limit), cut: state.cut + text.length - limit };
    }
  }
}

interface State {
  /** The longest text left whole. */
  readonly leaf: number;
  cut: number;
  readonly path: Set<object>;
}

function plain(value: unknown, state: State, depth: number): unknown {
  switch (typeof value) {
    case 'string':
      if (value.length <= state.leaf) return value;
      state.cut += value.length - state.leaf;
      return value.slice(0, state.leaf);
    case 'bigint':
      return value.toString();
    case 'function':
      return `[function ${value.name || 'anonymous'}]`;
    case 'symbol':
      return value.toString();
    case 'number':
      return Number.isFinite(value) ? value : String(value);
    case 'object':
      return value === null ? null : plainObject(value, state, depth);
    default:
      return value;
  }
}

function plainObject(value: object, state: State, depth: number): unknown {
  if (state.path.has(value)) return '[circular]';
  if (depth > deepest) return '[too deep]';
  state.path.add(value);
  try {
    return contentOf(value, state, depth);
  } catch (error) {
    return `[unreadable: ${String(error)}]`;
  } finally {
    state.path.delete(value);
  }
}

function contentOf(value: object, state: State, depth: number): unknown {
  const inner = (item: unknown): unknown => plain(item, state, depth + 1);
  const bytes = bytesOf(value);
  if (bytes) return { type: 'bytes', size: bytes.byteLength, base64: inner(base64(bytes, state)) };
  if (Array.isArray(value)) return value.map(inner);
  if (value instanceof Error) {
    return { name: value.name, message: inner(value.message), ...entries({ ...value }, inner) };
  }
  if (value instanceof Map) return inner(Object.fromEntries(value as Map<string, unknown>));
  if (value instanceof Set) return [...(value as Set<unknown>)].map(inner);
  const { toJSON } = value as { toJSON?: unknown };
  if (typeof toJSON === 'function') return inner((toJSON as () => unknown).call(value));
  return entries(value, inner);
}

function bytesOf(value: object): Uint8Array | undefined {
  if (ArrayBuffer.isView(value)) {
    return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  }
  return value instanceof ArrayBuffer ? new Uint8Array(value) : undefined;
}

/** No more of the bytes is turned to text than will be kept. */
function base64(bytes: Uint8Array, state: State): string {
  const whole = Math.ceil(state.leaf / 4) * 3;
  if (bytes.byteLength > whole) state.cut += Math.ceil(((bytes.byteLength - whole) * 4) / 3);
  return Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, whole)).toString(
    'base64',
  );
}

function entries(value: object, inner: (item: unknown) => unknown): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const key of Object.keys(value)) {
    let item;
    try {
      item = (value as Record<string, unknown>)[key];
    } catch (error) {
      item = `[unreadable: ${String(error)}]`;
    }
    const text = inner(item);
    if (text !== undefined) result[key] = text;
  }
  return result;
}

/** Parsed JSON, or undefined where it is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

export type Fields = Readonly<Record<string, unknown>>;

/** The value as an object with fields; empty for everything else. */
export function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Fields)
    : {};
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as readonly unknown[]) : [];
}

export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

export function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}
