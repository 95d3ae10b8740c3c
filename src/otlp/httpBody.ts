import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import * as zlib from 'node:zlib';
import { errorCode } from '../base/errors';
import type { Budget } from './delivery';
import { overloaded, quoted, Refusal, tooLarge } from './refusal';

/** Bytes and time for which a refused sender may go on sending, so that it hears the answer. */
const drainBytes = 256 * 1024 * 1024;
const drainMs = 10_000;

/** Keeps account of what one request holds of the budget. */
export class Hold {
  private held = 0;

  constructor(private readonly budget: Budget) {}

  take(bytes: number): boolean {
    const taken = this.budget.take(bytes);
    if (taken) this.held += bytes;
    return taken;
  }

  release(): void {
    this.budget.giveBack(this.held);
    this.held = 0;
  }
}

/**
 * Reads a body of at most `limit` bytes, chunked or not. Undefined when the sender went away. A
 * refused body is not read to its end: answer, then `drain`.
 */
export function readBody(
  request: IncomingMessage,
  { limit, hold }: { limit: number; hold: Hold },
): Promise<Buffer | Refusal | undefined> {
  if (Number(request.headers['content-length'] ?? 0) > limit) {
    return Promise.resolve(tooLarge(limit));
  }
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const finish = (result: Buffer | Refusal | undefined) => {
      request.off('data', onData).off('end', onEnd).off('close', onClose);
      resolve(result);
    };
    const onData = (chunk: Buffer) => {
      length += chunk.length;
      chunks.push(chunk);
      if (length > limit) finish(tooLarge(limit));
      else if (!hold.take(chunk.length)) finish(overloaded());
    };
    const onEnd = () => finish(chunks.length === 1 ? chunks[0] : Buffer.concat(chunks));
    const onClose = () => finish(undefined);
    request.on('data', onData).on('end', onEnd).on('close', onClose);
  });
}

/**
 * Reads on and forgets. Closing the connection while a sender still sends would reset it, and the
 * sender would never read why it was refused.
 */
export function drain(request: IncomingMessage): void {
  if (request.complete || request.destroyed) return;
  let length = 0;
  const timer = setTimeout(() => request.destroy(), drainMs);
  request
    .on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length > drainBytes) request.destroy();
    })
    .on('close', () => clearTimeout(timer))
    .on('end', () => clearTimeout(timer))
    .resume();
}

type Inflate = (body: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>;

const inflateZlib: Inflate = promisify<Buffer, zlib.ZlibOptions, Buffer>(zlib.inflate);
const inflateRaw: Inflate = promisify<Buffer, zlib.ZlibOptions, Buffer>(zlib.inflateRaw);

/** `deflate` means the zlib format; some senders leave its header out. */
const inflateEither: Inflate = (body, options) =>
  hasZlibHeader(body) ? inflateZlib(body, options) : inflateRaw(body, options);

function hasZlibHeader(body: Buffer): boolean {
  const head = body.length < 2 ? 0 : body.readUInt16BE(0);
  return (head & 0x0f00) === 0x0800 && head % 31 === 0;
}

const encodings = new Map<string, Inflate | undefined>([
  ['', undefined],
  ['identity', undefined],
  ['gzip', promisify<Buffer, zlib.ZlibOptions, Buffer>(zlib.gunzip)],
  ['deflate', inflateEither],
]);
// Older runtimes lack it, whatever the type declarations say.
if ('zstdDecompress' in zlib) {
  encodings.set('zstd', promisify<Buffer, zlib.ZstdOptions, Buffer>(zlib.zstdDecompress));
}

/** What `Content-Encoding` says: how to inflate, or undefined where there is nothing to do. */
export function encodingOf(header: string | undefined): { inflate: Inflate | undefined } | Refusal {
  const name = (header ?? '').trim().toLowerCase();
  if (encodings.has(name)) return { inflate: encodings.get(name) };
  return new Refusal(415, `Content-Encoding ${quoted(name)} is not understood`);
}

/** The body as it was before the sender compressed it, inflated no further than the limit. */
export async function inflateBody(
  body: Buffer,
  inflate: Inflate | undefined,
  { limit, hold }: { limit: number; hold: Hold },
): Promise<Buffer | Refusal> {
  if (!inflate || body.length === 0) return body;
  try {
    const inflated = await inflate(body, { maxOutputLength: limit });
    return hold.take(inflated.length) ? inflated : overloaded();
  } catch (error) {
    if (errorCode(error) === 'ERR_BUFFER_TOO_LARGE') return tooLarge(limit);
    return new Refusal(400, 'The body is not compressed as Content-Encoding says');
  }
}
