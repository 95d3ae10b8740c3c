import { byteTable } from './secretShapes';
import { WireLeaves, type WireMessage } from './wireLeaves';

/** A shape made ready for looking at bytes. */
export interface CompiledShape {
  readonly prefix: Buffer;
  readonly table: Uint8Array;
  readonly minLength: number;
  readonly maxLength: number;
  readonly digit: boolean;
}

/** The characters of which tokens are made. */
export const tokenTable = byteTable('A-Za-z0-9._~+/=-');

const alphanumericTable = byteTable('A-Za-z0-9');
const wordTable = byteTable('A-Za-z0-9_-');
const base64Table = byteTable('A-Za-z0-9+/=');
const digitTable = byteTable('0-9');
const separatorTable = byteTable(' \t\r\n"\'\\:=>,');
const privateKeyTable = byteTable('A-Za-z0-9+/=*\\ \t\r\n:,-');
const passwordEndTable = byteTable('\x00- "\'`<>\\@{}|^/');

const asterisk = 0x2a;
const backslash = 0x5c;
const percent = 0x25;
const dot = 0x2e;
/** Real secrets show a digit early; looking further would let hostile input cost too much. */
const digitWithin = 64;
const shortestToken = 16;
const longestAuthority = 512;
const dashes = Buffer.from('-----');
const webTokenStart = Buffer.from('eyJ');
const webTokenClaims = Buffer.from('.eyJ');

/**
 * One pass over a body. Each method looks at one place, masks what is a secret there and says
 * whether it did; places must come in ascending order.
 */
export class SecretMask {
  count = 0;
  private readonly leaves: WireLeaves;
  /** No JSON web token begins before this byte. */
  private noWebTokenBefore = 0;

  constructor(
    readonly buffer: Buffer,
    type: WireMessage | undefined,
  ) {
    this.leaves = new WireLeaves(buffer, type);
  }

  shape(shape: CompiledShape, at: number): boolean {
    if (!this.has(shape.prefix, at)) return false;
    const start = at + shape.prefix.length;
    if (this.spanOf(shape.table, start, start + shape.minLength) < shape.minLength) return false;
    const leaf = this.tokenLeaf(at);
    if (!leaf || leaf.end < start + shape.minLength) return false;
    if (
      shape.digit &&
      !this.hasDigit(start, Math.min(leaf.end, start + digitWithin), shape.table)
    ) {
      return false;
    }
    const limit = Math.min(leaf.end, start + shape.maxLength);
    const end = start + this.spanOf(shape.table, start, limit);
    const goesOn = end === start + shape.maxLength && end < leaf.end;
    if (goesOn && alphanumericTable[this.buffer[end] ?? 0]) return false;
    return this.fill(start, end);
  }

  /** `eyJ….eyJ….…`: header, claims and signature. */
  jsonWebToken(at: number): boolean {
    if (at < this.noWebTokenBefore || !this.has(webTokenStart, at)) return false;
    const leaf = this.tokenLeaf(at);
    if (!leaf) return false;
    const header = at + this.spanOf(wordTable, at, leaf.end);
    const claims = header + 1 + this.spanOf(wordTable, header + 1, leaf.end);
    const end = claims + this.spanOf(tokenTable, claims, leaf.end);
    const whole = this.has(webTokenClaims, header) && this.buffer[claims] === dot && end > claims;
    // What begins later in the same header ends as this one did.
    if (!whole || end - at < 2 * shortestToken) this.noWebTokenBefore = header;
    else return this.fill(at + webTokenStart.length, end);
    return false;
  }

  /** A name of an AWS secret and, after an equals sign or the like, its 40 characters. */
  awsSecret(name: Buffer, at: number): boolean {
    if (!this.has(name, at)) return false;
    const leaf = this.leafAt(at);
    if (!leaf) return false;
    const separator = at + name.length;
    const start =
      separator + this.spanOf(separatorTable, separator, Math.min(leaf.end, separator + 12));
    const end = start + this.spanOf(base64Table, start, leaf.end);
    return start > separator && end - start === 40 && this.fill(start, end);
  }

  /** Where the token begins if `Bearer ` or `Basic ` stands before this run of characters. */
  authorizationToken(start: number): number | undefined {
    const { buffer } = this;
    const escaped =
      buffer[start - 1] === percent && buffer[start] === 0x32 && buffer[start + 1] === 0x30;
    if (!escaped && buffer[start - 1] !== 0x20) return undefined;
    const end = start - 1;
    const scheme = buffer.toString('latin1', Math.max(0, end - 6), end).toLowerCase();
    if (scheme !== 'bearer' && !scheme.endsWith('basic')) return undefined;
    return escaped ? start + 2 : start;
  }

  /** The token after `Bearer ` or `Basic `. */
  authorization(start: number): boolean {
    const leaf = this.leafAt(start);
    if (!leaf || start - leaf.start < 6) return false;
    const end = start + this.spanOf(tokenTable, start, leaf.end);
    if (end - start < shortestToken - 1) return false;
    const basic = this.buffer
      .toString('latin1', start - 6, start)
      .toLowerCase()
      .includes('basic');
    const secret = basic
      ? Buffer.from(
          this.buffer.toString('latin1', start, Math.min(end, start + 4096)),
          'base64',
        ).includes(':')
      : this.hasDigit(start, Math.min(end, start + digitWithin), tokenTable);
    return secret && this.fill(start, end);
  }

  /** The body of a PEM private key; its line breaks, escaped or not, stay. */
  privateKey(at: number): boolean {
    const { buffer } = this;
    const head = buffer.toString('latin1', at, at + 64);
    const [opening] = /^-----BEGIN [A-Z0-9 ]{0,24}PRIVATE KEY(?: BLOCK)?-----/.exec(head) ?? [];
    const leaf = opening === undefined ? undefined : this.leafAt(at);
    if (opening === undefined || !leaf) return false;
    const start = at + opening.length;
    let end = start;
    let secret = 0;
    while (end < leaf.end && privateKeyTable[buffer[end] ?? 0] && !this.has(dashes, end)) {
      if (this.isKeyByte(end)) secret++;
      end++;
    }
    if (secret < shortestToken) return false;
    // Backwards, because an escape is known by the byte before it.
    for (let i = end - 1; i >= start; i--) if (this.isKeyByte(i)) buffer[i] = asterisk;
    this.count++;
    return true;
  }

  /** The password in `scheme://user:password@host`, by its `@`. */
  password(at: number): boolean {
    const { buffer } = this;
    const leaf = this.leafAt(at);
    if (!leaf) return false;
    const earliest = Math.max(leaf.start, at - longestAuthority);
    let start = at;
    while (start > earliest && !passwordEndTable[buffer[start - 1] ?? 0]) start--;
    if (start - 3 < leaf.start || buffer.toString('latin1', start - 3, start) !== '://')
      return false;
    const colon = buffer.indexOf(0x3a, start);
    const isPlaceholder = buffer[colon + 1] === 0x24;
    if (colon < 0 || colon >= at - 1 || isPlaceholder) return false;
    if (this.spanOf(maskedTable, colon + 1, at) === at - colon - 1) return false;
    return this.fill(colon + 1, at);
  }

  private isKeyByte(at: number): boolean {
    return base64Table[this.buffer[at] ?? 0] === 1 && this.buffer[at - 1] !== backslash;
  }

  private fill(start: number, end: number): boolean {
    this.buffer.fill(asterisk, start, end);
    this.count++;
    return true;
  }

  private has(bytes: Buffer, at: number): boolean {
    for (let i = 0; i < bytes.length; i++) if (this.buffer[at + i] !== bytes[i]) return false;
    return true;
  }

  /** How many bytes from `start` on, before `end`, are in the table. */
  private spanOf(table: Uint8Array, start: number, end: number): number {
    const limit = Math.min(end, this.buffer.length);
    let at = start;
    while (at < limit && table[this.buffer[at] ?? 0]) at++;
    return at - start;
  }

  private hasDigit(start: number, end: number, table: Uint8Array): boolean {
    for (let at = start; at < end; at++) {
      const byte = this.buffer[at] ?? 0;
      if (digitTable[byte]) return true;
      if (!table[byte]) return false;
    }
    return false;
  }

  private leafAt(at: number): WireLeaves | undefined {
    return this.leaves.locate(at) ? this.leaves : undefined;
  }

  /** The field around the byte, if a token can begin there: not in the middle of a word. */
  private tokenLeaf(at: number): WireLeaves | undefined {
    const leaf = this.leafAt(at);
    return leaf && (at === leaf.start || this.isBoundary(at, leaf.start)) ? leaf : undefined;
  }

  private isBoundary(at: number, leafStart: number): boolean {
    const { buffer } = this;
    if (!alphanumericTable[buffer[at - 1] ?? 0]) return true;
    const before = buffer.toString('latin1', Math.max(leafStart, at - 6), at);
    return /(?:\\[nrtbf]|\\u[0-9a-fA-F]{4}|%[0-9a-fA-F]{2})$/.test(before);
  }
}

const maskedTable = byteTable('*');
