import type { Log } from '../base/log';
import type { MaskSecrets } from '../base/secrets';
import {
  decodeLogs,
  decodeTraces,
  type Decoded,
  type DecodedLog,
  type DecodedSpan,
  type Malformed,
} from './decode';
import type { Signal } from './encode';
import { logsFromJson, tracesFromJson } from './json';
import { maskLogs, maskTraces } from './mask';
import { stampRun } from './runStamp';

/** What HTTP and gRPC do alike with a body once it is there: mask, decode, hand over. */

/** Who stores what arrives. A promise that resolves means: committed. */
export interface ReceiverHandler {
  traces(decoded: Decoded<DecodedSpan>): Promise<void>;
  logs(decoded: Decoded<DecodedLog>): Promise<void>;
  /** Answers another process of the same user, which has shown the token. */
  call?(message: unknown): Promise<unknown>;
}

/** Thrown by a handler that cannot take more at the moment: the sender is asked to come again. */
export class Overloaded extends Error {
  override readonly name = 'Overloaded';
}

export interface Limits {
  /** Bytes of one body, as sent and again after inflating. */
  readonly bodyBytes: number;
  /** Bytes of all bodies that are being read or not yet committed. */
  readonly inFlightBytes: number;
  readonly headersTimeoutMs: number;
  /** Until the whole body has come. */
  readonly requestTimeoutMs: number;
}

const mebibyte = 1024 * 1024;

export const defaultLimits: Limits = {
  bodyBytes: 64 * mebibyte,
  inFlightBytes: 256 * mebibyte,
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 60_000,
};

/** Bytes that may be held at one time. */
export class Budget {
  private used = 0;

  constructor(private readonly limit: number) {}

  take(bytes: number): boolean {
    if (this.used + bytes > this.limit) return false;
    this.used += bytes;
    return true;
  }

  giveBack(bytes: number): void {
    this.used -= bytes;
  }
}

/** What a receiver needs, whatever it speaks. */
export interface ReceiverOptions {
  /** 0 for any free one. */
  readonly port: number;
  readonly handler: ReceiverHandler;
  readonly log: Log;
  readonly limits?: Partial<Limits>;
  /** The known shapes of secrets unless given. */
  readonly mask?: MaskSecrets;
}

/** Listens until it is closed. */
export interface Receiver {
  readonly port: number;
  /** Host and port of each socket, as in a URL. */
  readonly addresses: readonly string[];
  /** Takes no more, lets what is being answered finish for a moment, and frees the port. */
  close(): Promise<void>;
}

/** How often a free port is looked for that is free on both loopback addresses. */
export const freePortAttempts = 10;

/** For how long a closing receiver lets what is being answered finish. */
export const graceMs = 2000;

export interface Delivery {
  readonly signal: Signal;
  readonly format: 'protobuf' | 'json';
  /** Uncompressed; secrets are masked in place. */
  readonly body: Uint8Array;
  /** The run that the sender's path names. */
  readonly runId?: string;
}

/** What the sender is told of a body that was taken. */
export interface Taken {
  readonly rejected: number;
  readonly problem: string;
}

/** Masks, decodes and hands over; resolves when committed, rejects with what the handler threw. */
export async function deliver(
  delivery: Delivery,
  { handler, mask }: Pick<ReceiverOptions, 'handler' | 'mask'>,
): Promise<Taken | Malformed> {
  if (delivery.signal === 'metrics') return { rejected: 0, problem: '' };
  const request = toProtobuf(delivery);
  if ('malformed' in request) return request;
  if (delivery.signal === 'traces') {
    maskTraces(request.body, mask);
    const { runId } = delivery;
    return handOver(decodeTraces(request.body), (decoded) =>
      handler.traces(
        runId === undefined ? decoded : { ...decoded, items: stampRun(decoded.items, runId) },
      ),
    );
  }
  maskLogs(request.body, mask);
  return handOver(decodeLogs(request.body), (decoded) => handler.logs(decoded));
}

function toProtobuf({ signal, format, body }: Delivery): { body: Uint8Array } | Malformed {
  if (format === 'protobuf') return { body };
  const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8');
  return signal === 'traces' ? tracesFromJson(text) : logsFromJson(text);
}

async function handOver<T>(
  decoded: Decoded<T> | Malformed,
  commit: (decoded: Decoded<T>) => Promise<void>,
): Promise<Taken | Malformed> {
  if ('malformed' in decoded) return decoded;
  if (decoded.items.length > 0) await commit(decoded);
  return { rejected: decoded.rejected, problem: decoded.problem };
}
