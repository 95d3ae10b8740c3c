import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import type { Span } from '../../../src/model/span';
import type { Value } from '../../../src/model/value';
import { decodeTraces } from '../../../src/otlp/decode';

/** One span as it was last heard of: its final report, or its latest start report. */
export interface CaughtSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  readonly name: string;
  readonly running: boolean;
  readonly startTime: number;
  readonly endTime: number | undefined;
  readonly status: Span['status'];
  readonly statusMessage: string;
  readonly scope: string;
  readonly attributes: Readonly<Record<string, Value>>;
  readonly resource: Readonly<Record<string, Value>>;
  readonly events: readonly { readonly name: string; readonly attributes: Record<string, Value> }[];
}

export interface Catcher {
  /** What goes into GLASSBOX_ENDPOINT. */
  readonly endpoint: string;
  /** Every report in order of arrival. */
  readonly reports: CaughtSpan[];
  /** Paths of all requests. */
  readonly paths: string[];
  /** One entry a span, finished ones before running ones. */
  spans(): readonly CaughtSpan[];
  close(): Promise<void>;
}

export interface CatcherOptions {
  /** The status to answer with; 200 without it. `never` leaves requests unanswered. */
  readonly status?: (request: number) => number | 'never';
  /** Every connection is closed after this time. */
  readonly dropAfterMs?: number;
}

/** A small OTLP receiver that keeps what it gets. */
export async function startCatcher(options: CatcherOptions = {}): Promise<Catcher> {
  const reports: CaughtSpan[] = [];
  const paths: string[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      paths.push(request.url ?? '');
      const status = options.status?.(paths.length) ?? 200;
      if (status === 'never') return;
      if (status < 300 && request.url?.endsWith('/v1/traces')) {
        const body = Buffer.concat(chunks);
        const zipped = request.headers['content-encoding'] === 'gzip';
        keep(zipped ? gunzipSync(body) : body, reports);
      }
      response.writeHead(status, { 'content-type': 'application/x-protobuf' });
      response.end();
    });
  });
  const { dropAfterMs } = options;
  if (dropAfterMs !== undefined) {
    server.on('connection', (socket) => setTimeout(() => socket.destroy(), dropAfterMs));
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}/w/token`,
    reports,
    paths,
    spans: () => latest(reports),
    close: () => closeServer(server),
  };
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

function keep(body: Uint8Array, reports: CaughtSpan[]): void {
  const decoded = decodeTraces(body);
  if ('malformed' in decoded) throw new Error(decoded.malformed);
  if (decoded.rejected > 0) throw new Error(decoded.problem);
  reports.push(...decoded.items.map(({ span }) => caught(span)));
}

function caught(span: Span): CaughtSpan {
  const { traceId, spanId, parentSpanId, name, startTime, endTime, status, statusMessage } = span;
  return {
    ...{ traceId, spanId, parentSpanId, name, startTime, endTime, status, statusMessage },
    running: endTime === undefined,
    scope: span.scope.name,
    attributes: plain(span.attributes),
    resource: plain(span.resource),
    events: span.events.map((event) => ({ name: event.name, attributes: plain(event.attributes) })),
  };
}

function plain(attributes: Span['attributes']): Record<string, Value> {
  return Object.fromEntries(
    [...attributes.keys()].map((key) => [key, attributes.get(key) ?? null]),
  );
}

function latest(reports: readonly CaughtSpan[]): readonly CaughtSpan[] {
  const spans = new Map<string, CaughtSpan>();
  for (const report of reports) {
    const known = spans.get(report.spanId);
    if (!known || known.running || !report.running) spans.set(report.spanId, report);
  }
  return [...spans.values()].sort((a, b) => a.startTime - b.startTime);
}

/** The spans as an indented tree of `kind name`, for comparison at one glance. */
export function treeOf(spans: readonly CaughtSpan[]): string {
  const ids = new Set(spans.map((span) => span.spanId));
  const below = (parent: string | undefined, indent: string): string[] =>
    spans
      .filter((span) =>
        parent === undefined
          ? span.parentSpanId === undefined || !ids.has(span.parentSpanId)
          : span.parentSpanId === parent,
      )
      .flatMap((span) => [`${indent}${lineOf(span)}`, ...below(span.spanId, `${indent}  `)]);
  return below(undefined, '').join('\n');
}

function lineOf(span: CaughtSpan): string {
  const kind = textAt(span, 'glassbox.observation.kind') ?? 'span';
  const mark = span.running ? ' (running)' : span.status === 'error' ? ' (error)' : '';
  return `${kind} ${span.name}${mark}`;
}

/** An attribute that is text. */
export function textAt(span: CaughtSpan, key: string): string | undefined {
  const value = span.attributes[key];
  return typeof value === 'string' ? value : undefined;
}

/** An attribute that holds JSON text. */
export function jsonAt(span: CaughtSpan, key: string): unknown {
  return JSON.parse(textAt(span, key) ?? 'null') as unknown;
}

/** The span of this name; of several the one at `index`. */
export function spanNamed(spans: readonly CaughtSpan[], name: string, index = 0): CaughtSpan {
  const found = spans.filter((span) => span.name === name)[index];
  if (!found) throw new Error(`no span ${name} in\n${treeOf(spans)}`);
  return found;
}
