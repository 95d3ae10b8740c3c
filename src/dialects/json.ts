import { isRecord, type Json, type Value } from '../model/value';

/**
 * JSON as instrumentations send it: as a value, as text, as text in text up to three times, or
 * cut off by a length limit. Everything here is total: what cannot be read stays what it was.
 */

const maximumDecodings = 3;
const maximumDepth = 64;
const cutMark = /\s*(?:\.\.\.\s*\[truncated[^\]]*\]|…\s*\[truncated[^\]]*\])$/;

/** An attribute value as JSON: bytes become their UTF-8 text, or base64 where they are none. */
export function toJson(value: Value, depth = 0): Json {
  if (depth > maximumDepth) return '…';
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (value instanceof Uint8Array) return textOfBytes(value);
  if (isList(value)) return value.map((item) => toJson(item, depth + 1));
  const record: Record<string, Json> = Object.create(null) as Record<string, Json>;
  for (const [key, item] of Object.entries(value)) record[key] = toJson(item, depth + 1);
  return record;
}

/** UTF-8 where the bytes are that, else base64. */
export function textOfBytes(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return Buffer.from(bytes).toString('base64');
  }
}

/** The JSON behind a value: text that holds JSON is decoded, again while it holds JSON. */
export function decodeJson(value: Value): Json {
  let json = toJson(value);
  for (let i = 0; i < maximumDecodings && typeof json === 'string'; i++) {
    const decoded = parseJson(json);
    if (decoded === undefined) break;
    json = decoded;
  }
  return json;
}

/**
 * Text that is a JSON object, array or string, cut ones included; undefined for any other text,
 * so that an answer of `42` or `true` stays text.
 */
export function parseJson(text: string): Json | undefined {
  const trimmed = text.trimStart();
  const first = trimmed[0];
  if (first !== '{' && first !== '[' && first !== '"') return undefined;
  return parseStrictly(trimmed) ?? (first === '"' ? undefined : parseCut(trimmed));
}

/** Text that is a whole JSON object or array; cut ones are text. */
export function parseWhole(text: string): Json | undefined {
  const trimmed = text.trim();
  return /^[{[]/.test(trimmed) ? parseStrictly(trimmed) : undefined;
}

function parseStrictly(text: string): Json | undefined {
  let json: Json;
  try {
    json = JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
  return isDeep(json, 0) ? toJson(json) : json;
}

/** Readers go through JSON recursively, so what is nested beyond reason is cut first. */
function isDeep(json: Json, depth: number): boolean {
  if (typeof json !== 'object' || json === null) return false;
  if (depth >= maximumDepth) return true;
  return Object.values(json).some((item: Json) => isDeep(item, depth + 1));
}

/**
 * Cut JSON with its strings and brackets closed. Only what looks cut is tried: text that goes on
 * behind its last bracket, or breaks the rules earlier, is text.
 */
function parseCut(text: string): Json | undefined {
  const cut = text.replace(cutMark, '');
  const scan = scanBrackets(cut);
  if (!scan || scan.open === '') return undefined;
  const closed = scan.inString ? `${cut.replace(/\\(?:u[0-9a-fA-F]{0,3})?$/, '')}"` : cut;
  for (const candidate of endings(closed)) {
    const json = parseStrictly(candidate + scan.open);
    if (json !== undefined) return json;
  }
  return undefined;
}

/** The text itself, then without a last incomplete member. */
function* endings(text: string): Generator<string> {
  yield text;
  yield `${text}null`;
  yield `${text}:null`;
  yield text.replace(/,\s*$/, '');
  yield text.replace(/,?\s*"(?:[^"\\]|\\.)*"\s*:?\s*$/, '');
  yield text.replace(/[,:]?\s*[\w.+-]*$/, '');
  yield text.replace(/,?\s*"(?:[^"\\]|\\.)*"\s*:\s*[\w.+-]*$/, '');
}

/** The brackets still open at the end, closing ones in order, and whether a string is open. */
function scanBrackets(text: string): { open: string; inString: boolean } | undefined {
  const open: string[] = [];
  let inString = false;
  for (let i = 0; i < text.length; i++) {
    const character = text[i];
    if (inString) {
      if (character === '\\') i++;
      else if (character === '"') inString = false;
    } else if (character === '"') inString = true;
    else if (character === '{') open.push('}');
    else if (character === '[') open.push(']');
    else if ((character === '}' || character === ']') && open.pop() !== character) return undefined;
    else if (open.length === 0 && character !== '}' && character !== ']') return undefined;
  }
  return { open: open.reverse().join(''), inString };
}

function isList(value: object): value is readonly Value[] {
  return Array.isArray(value);
}

/** A JSON object, else undefined. */
export function recordOf(json: Json | undefined): Readonly<Record<string, Json>> | undefined {
  return isRecord(json) ? json : undefined;
}

/** A JSON array, else undefined. */
export function listOf(json: Json | undefined): readonly Json[] | undefined {
  return Array.isArray(json) ? (json as readonly Json[]) : undefined;
}

/** The member of a JSON object, own ones only. */
export function member(json: Json | undefined, key: string): Json | undefined {
  const record = recordOf(json);
  return record && Object.hasOwn(record, key) ? record[key] : undefined;
}
