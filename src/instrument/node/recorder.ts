import {
  ROOT_CONTEXT,
  SpanStatusCode,
  trace,
  type Attributes,
  type Span,
  type SpanKind,
} from '@opentelemetry/api';
import {
  AlwaysOnSampler,
  BasicTracerProvider,
  RandomIdGenerator,
  type ReadableSpan,
} from '@opentelemetry/sdk-trace-node';
import { hrTimeOf } from './clock';
import { encodeSpan, type SpanLike } from './encode';
import type { Exporter } from './exporter';
import { ownResource } from './resource';

/**
 * Our own spans: made by a tracer provider that is never registered, sent when they start and
 * again when they end.
 */

export interface SpanPlace {
  readonly traceId: string;
  readonly spanId: string;
}

export interface StartOptions {
  readonly name: string;
  readonly role?: SpanKind;
  readonly startMs: number;
  /** Absent for a root. */
  readonly parent?: SpanPlace | undefined;
  /** The trace of a root; without it a random one. */
  readonly traceId?: string | undefined;
  readonly spanId?: string | undefined;
  readonly attributes: Attributes;
}

export interface Failure {
  readonly type: string;
  readonly message: string;
  readonly stack?: string | undefined;
}

declare const GLASSBOX_VERSION: string;

const noLimit = 4096;

/** Gives the ids asked for, each once, and random ones otherwise. */
class Ids extends RandomIdGenerator {
  traceId: string | undefined;
  spanId: string | undefined;
  override readonly generateTraceId = (): string => this.traceId ?? random.generateTraceId();
  override readonly generateSpanId = (): string => this.spanId ?? random.generateSpanId();
}
const random = new RandomIdGenerator();

export class Recorder {
  private readonly ids = new Ids();
  private readonly resource = ownResource();
  private readonly tracer;

  constructor(private readonly exporter: Exporter) {
    const provider = new BasicTracerProvider({
      // All of these would otherwise be read from the user's OTEL_* environment.
      sampler: new AlwaysOnSampler(),
      idGenerator: this.ids,
      spanLimits: {
        attributeCountLimit: noLimit,
        attributeValueLengthLimit: Infinity,
        eventCountLimit: noLimit,
        linkCountLimit: noLimit,
        attributePerEventCountLimit: noLimit,
        attributePerLinkCountLimit: noLimit,
      },
      spanProcessors: [
        {
          onStart: (span) => this.report(span, true),
          onEnd: (span) => this.report(span, false),
          forceFlush: () => Promise.resolve(),
          shutdown: () => Promise.resolve(),
        },
      ],
    });
    this.tracer = provider.getTracer('glassbox', GLASSBOX_VERSION);
  }

  start(options: StartOptions): Span {
    this.ids.traceId = options.traceId;
    this.ids.spanId = options.spanId;
    const context = options.parent
      ? trace.setSpanContext(ROOT_CONTEXT, { ...options.parent, traceFlags: 1 })
      : ROOT_CONTEXT;
    const { name, role, attributes } = options;
    const startTime = hrTimeOf(options.startMs);
    return this.tracer.startSpan(
      name,
      { startTime, attributes, ...(role === undefined ? {} : { kind: role }) },
      context,
    );
  }

  /** Sends a running span again, with what has been learnt since. */
  update(span: Span, attributes: Attributes): void {
    span.setAttributes(attributes);
    this.report(span as unknown as ReadableSpan, true);
  }

  end(span: Span, endMs: number, failure?: Failure): void {
    if (failure) {
      span.setAttribute('error.type', failure.type);
      span.setStatus({ code: SpanStatusCode.ERROR, message: failure.message });
      span.addEvent(
        'exception',
        {
          'exception.type': failure.type,
          'exception.message': failure.message,
          ...(failure.stack ? { 'exception.stacktrace': failure.stack } : {}),
        },
        hrTimeOf(endMs),
      );
    }
    span.end(hrTimeOf(endMs));
  }

  /** A span of the user's own provider, copied with its resource and the link to our run. */
  copy(span: SpanLike, running: boolean): void {
    const resource = { ...this.resource.ours, ...span.resource?.attributes };
    this.exporter.send(encodeSpan(span, { resource, running }), !running);
  }

  private report(span: ReadableSpan, running: boolean): void {
    try {
      const request = encodeSpan(span, { resource: this.resource.all, running });
      this.exporter.send(request, !running);
    } catch {
      // What cannot be encoded is not worth the user's run.
    }
  }
}
