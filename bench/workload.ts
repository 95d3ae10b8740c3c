import { decodeTraces } from '../src/otlp/decode';
import { TraceMaker } from './conversation';
import { encodeRequest, encodeSpan, stampSpan, type Stamp } from './span';

/** Requests to send: made once from a seed, then repeated as other traces. */

/** One OTLP/HTTP body. */
export interface Request {
  readonly body: Buffer;
  /** Where each span begins in the body. */
  readonly spans: readonly number[];
}

export const batchSpans = 512;
/** Traces whose spans are mixed in one process's batches. */
const openTraces = 4;
/** Agents that send at the same time, each its own trace. */
export const liveLanes = 50;
const liveSpans = 5;

const seed = 20260101;

/** Batches of 512 spans, in the order in which spans end, as a busy process exports them. */
export function makeBatches(count: number): readonly Request[] {
  const spans = mixedSpans(new TraceMaker(seed));
  return Array.from({ length: count }, () => makeRequest(take(spans, batchSpans)));
}

/**
 * Requests of 1 to 5 spans of one trace, by lane: what agents send while they run. A lane's
 * requests come one after the other, the lanes at the same time. At least `spans` in all.
 */
export function makeLive(spans: number): readonly (readonly Request[])[] {
  const maker = new TraceMaker(seed + 1);
  const lanes: Request[][] = Array.from({ length: liveLanes }, () => []);
  for (let made = 0, next = 0; made < spans; next++) {
    const trace = maker.trace().map(encodeSpan);
    made += trace.length;
    for (let at = 0, size = 1; at < trace.length; size = (size % liveSpans) + 1) {
      lanes[next % liveLanes]?.push(makeRequest(trace.slice(at, at + size)));
      at += size;
    }
  }
  return lanes;
}

/** One trace of about this many spans. */
export function makeLargeTrace(spans: number): Request {
  const trace = new TraceMaker(seed + 2).trace(Math.ceil(spans / 3.2));
  return makeRequest(trace.slice(-spans).map(encodeSpan));
}

/** A copy of the request's bytes as other traces at a later time. */
export function stamp(request: Request, pass: number): Buffer {
  const body = Buffer.from(request.body);
  const stamped: Stamp = { pass, seconds: pass * 7200 };
  for (const offset of request.spans) stampSpan(body, offset, stamped);
  return body;
}

export function spansOf(requests: readonly Request[]): number {
  return requests.reduce((sum, { spans }) => sum + spans.length, 0);
}

export function bytesOf(requests: readonly Request[]): number {
  return requests.reduce((sum, { body }) => sum + body.length, 0);
}

function makeRequest(spans: readonly Uint8Array[]): Request {
  const body = encodeRequest(spans);
  const decoded = decodeTraces(body);
  if ('malformed' in decoded) throw new Error(decoded.malformed);
  const offsets = decoded.items.map(({ record }) => record.span.byteOffset - body.byteOffset);
  return { body, spans: offsets };
}

function* mixedSpans(maker: TraceMaker): Generator<Uint8Array> {
  const open: Generator<Uint8Array>[] = [];
  for (let turn = 0; ; turn++) {
    const slot = turn % openTraces;
    const next = open[slot]?.next();
    if (next?.done === false) yield next.value;
    else open[slot] = encoded(maker);
  }
}

function* encoded(maker: TraceMaker): Generator<Uint8Array> {
  for (const span of maker.trace()) yield encodeSpan(span);
}

function take(spans: Generator<Uint8Array>, count: number): readonly Uint8Array[] {
  return Array.from({ length: count }, () => {
    const next = spans.next();
    if (next.done === true) throw new Error('The workload has no end');
    return next.value;
  });
}
