import { byteTable, knownShapes, type SecretPattern } from './secretShapes';
import { SecretMask, tokenTable, type CompiledShape } from './secretMask';
import { asBuffer } from './wire';
import type { WireMessage } from './wireLeaves';

/**
 * Masks secrets where they lie: the same number of bytes, the recognisable prefix kept, `*` for
 * the rest. Works on protobuf bodies (a mask never leaves its string field), on text, and on JSON
 * inside either, escaped or not.
 *
 * Nearly all bytes are passed over unseen: every secret is, or holds, a run of at least
 * `runLength` token characters, and a run is looked for at its end first.
 */
const runLength = 15;

/**
 * Masks secrets in the strings of a protobuf message of this type, or in text where there is
 * none, in place; gives how many.
 */
export type MaskSecrets = (bytes: Uint8Array, type: WireMessage | undefined) => number;

/** Masks the known shapes of secrets and a user's own. */
export function createSecretMask(own: readonly SecretPattern[]): MaskSecrets {
  const shapes = own.filter(({ prefix }) => prefix !== '').map(toOwnShape);
  return (bytes, type) => maskBuffer(asBuffer(bytes), type, shapes);
}

/** Masks the known shapes of secrets. */
export const maskSecrets: MaskSecrets = createSecretMask([]);

/** The text with its secrets masked. */
export function maskText(text: string): string {
  const buffer = Buffer.from(text);
  return maskSecrets(buffer, undefined) > 0 ? buffer.toString() : text;
}

const shapes: readonly CompiledShape[] = knownShapes.map((shape) => ({
  prefix: Buffer.from(shape.prefix),
  table: byteTable(shape.characters),
  minLength: shape.minLength,
  maxLength: shape.maxLength ?? Infinity,
  digit: shape.digit ?? false,
}));

/** A user's pattern can neither break the JSON it is in nor match its own mask. */
function toOwnShape({ prefix, characters, minLength }: SecretPattern): CompiledShape {
  const table = byteTable(characters);
  for (const kept of '"\\*') table[kept.charCodeAt(0)] = 0;
  table.fill(0, 0, 0x20);
  return {
    ...{ prefix: Buffer.from(prefix), table, digit: false },
    ...{ minLength: Math.max(1, minLength), maxLength: Infinity },
  };
}

const awsSecretNames = [
  'aws_secret_access_key',
  'AWS_SECRET_ACCESS_KEY',
  'SecretAccessKey',
  'secretAccessKey',
].map((name) => Buffer.from(name));

type Attempt = (mask: SecretMask, at: number) => boolean;

/** By a byte and the next one: the number of the list of what may begin there; 0 for nothing. */
const pairTable = new Uint8Array(65536);
const attempts: Attempt[][] = [[]];

function attemptAt(prefix: Buffer, attempt: Attempt): void {
  const pair = ((prefix[0] ?? 0) << 8) | (prefix[1] ?? 0);
  pairTable[pair] ||= attempts.push([]) - 1;
  attempts[pairTable[pair] ?? 0]?.push(attempt);
}

for (const shape of shapes) attemptAt(shape.prefix, (mask, at) => mask.shape(shape, at));
for (const name of awsSecretNames) attemptAt(name, (mask, at) => mask.awsSecret(name, at));
attemptAt(Buffer.from('eyJ'), (mask, at) => mask.jsonWebToken(at));

function maskBuffer(
  buffer: Buffer,
  type: WireMessage | undefined,
  own: readonly CompiledShape[],
): number {
  const privateKeys = new SecretMask(buffer, type);
  eachOf(buffer, '-----BEGIN ', (at) => privateKeys.privateKey(at));
  const passwords = new SecretMask(buffer, type);
  eachOf(buffer, '@', (at) => passwords.password(at));
  const tokens = new SecretMask(buffer, type);
  eachRun(buffer, (start, end) => maskRun(tokens, start, end));
  const passes = [privateKeys, passwords, tokens];
  for (const shape of own) {
    const mask = new SecretMask(buffer, type);
    eachOf(buffer, shape.prefix, (at) => mask.shape(shape, at));
    passes.push(mask);
  }
  return passes.reduce((sum, { count }) => sum + count, 0);
}

function eachOf(buffer: Buffer, needle: string | Buffer, visit: (at: number) => void): void {
  for (let at = buffer.indexOf(needle); at >= 0; at = buffer.indexOf(needle, at + 1)) visit(at);
}

/** Visits every run of at least `runLength` token characters. */
function eachRun(buffer: Buffer, visit: (start: number, end: number) => void): void {
  let last = runLength - 1;
  while (last < buffer.length) {
    const first = last - runLength + 1;
    let at = last;
    while (at >= first && tokenTable[buffer[at] ?? 0]) at--;
    if (at >= first) last = at + runLength;
    else {
      let end = last + 1;
      while (end < buffer.length && tokenTable[buffer[end] ?? 0]) end++;
      visit(first, end);
      last = end + runLength;
    }
  }
}

function maskRun(mask: SecretMask, start: number, end: number): void {
  const { buffer } = mask;
  const token = mask.authorizationToken(start);
  if (token !== undefined && !attempt(mask, token)) mask.authorization(token);
  let byte = buffer[start] ?? 0;
  for (let at = start; at < end - 1; at++) {
    const next = buffer[at + 1] ?? 0;
    if (pairTable[(byte << 8) | next]) attempt(mask, at);
    byte = next;
  }
}

function attempt(mask: SecretMask, at: number): boolean {
  const pair = ((mask.buffer[at] ?? 0) << 8) | (mask.buffer[at + 1] ?? 0);
  return attempts[pairTable[pair] ?? 0]?.some((one) => one(mask, at)) ?? false;
}
