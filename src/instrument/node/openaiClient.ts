import { AsyncLocalStorage } from 'node:async_hooks';
import { SpanKind, type Attributes, type Span } from '@opentelemetry/api';
import { nowMs } from './clock';
import { cover, type Method } from './cover';
import { interfaceOf, ModelCall } from './modelCall';
import type { Failure, Recorder, SpanPlace } from './recorder';
import { sourceAttributes } from './sourceFrame';
import { tapResponse } from './tapResponse';

/**
 * The `openai` client, watched where all its helpers, streams and retries come together: one
 * logical request is one call of `makeRequest`, one attempt is one call of `fetchWithTimeout`.
 * What both return is passed on as it is, so promises, streams and errors stay the client's own.
 */

export interface ClientOptions {
  readonly recorder: Recorder;
  /** Where a call belongs; `adopt` is called when it belongs to a generation that has a span. */
  readonly place: () => {
    readonly parent?: SpanPlace | undefined;
    readonly adopt?: Adopt | undefined;
  };
}

/** Gives a call to the generation it was made for. */
export type Adopt = (call: ModelCall) => boolean;

declare const __filename: string;

interface LogicalRequest {
  readonly client: unknown;
  readonly startMs: number;
  readonly source: Attributes;
  readonly place: ReturnType<ClientOptions['place']>;
  call?: ModelCall | undefined;
  /** Absent where a generation of the Agents SDK has the span. */
  span?: Span | undefined;
  /** False where the end of the whole request cannot be seen. */
  readonly whole: boolean;
}

export class OpenAiClients {
  private readonly storage = new AsyncLocalStorage<LogicalRequest>();
  private readonly covered = new WeakSet<object>();
  private readonly open = new Set<LogicalRequest>();

  constructor(private readonly options: ClientOptions) {}

  /** Watches all clients of one class; a second call for it does nothing. */
  watch(clientClass: unknown): void {
    const prototype = (clientClass as { prototype?: Record<string, unknown> }).prototype;
    if (!prototype || this.covered.has(prototype)) return;
    this.covered.add(prototype);
    cover(prototype, 'makeRequest', (original) => this.coverRequest(original));
    cover(prototype, 'fetchWithTimeout', (original) => this.coverAttempt(original));
  }

  /** Ends the calls whose answer came and was never read: nothing will tell when they end. */
  finish(): void {
    for (const request of this.open) {
      if (request.call?.status !== undefined && !request.call.reading) this.end(request);
    }
  }

  private coverRequest(original: Method): Method {
    const begin = (client: unknown) => this.begin(client, true);
    const isRetry = (client: unknown) => this.storage.getStore()?.client === client;
    const run = (request: LogicalRequest, fn: () => unknown) => this.storage.run(request, fn);
    const fail = (request: LogicalRequest, error: unknown) => this.fail(request, error);
    return function makeRequest(this: unknown, ...args) {
      const request = isRetry(this) ? undefined : begin(this);
      if (!request) return original.apply(this, args);
      const promise = run(request, () => original.apply(this, args));
      return (promise as Promise<unknown>).then(undefined, (error: unknown) => {
        fail(request, error);
        throw error;
      });
    };
  }

  private coverAttempt(original: Method): Method {
    const attempt = (client: unknown, args: unknown[]) => this.attempt(client, args);
    const answered = (request: LogicalRequest, answer: unknown) => this.answered(request, answer);
    const fail = (request: LogicalRequest, error: unknown) => this.fail(request, error);
    return function fetchWithTimeout(this: unknown, ...args) {
      const request = attempt(this, args);
      const promise = original.apply(this, args);
      if (!request) return promise;
      return (promise as Promise<unknown>).then(
        (answer) => {
          answered(request, answer);
          return answer;
        },
        (error: unknown) => {
          if (!request.whole) fail(request, error);
          throw error;
        },
      );
    };
  }

  private begin(client: unknown, whole: boolean): LogicalRequest | undefined {
    try {
      const source = sourceAttributes();
      return { client, startMs: nowMs(), source, place: this.options.place(), whole };
    } catch {
      return undefined;
    }
  }

  private attempt(client: unknown, [url, init]: unknown[]): LogicalRequest | undefined {
    try {
      const address = String(url);
      const { method, body } = (init ?? {}) as { method?: string; body?: unknown };
      const api = interfaceOf(address);
      if (!api || method?.toLowerCase() !== 'post' || typeof body !== 'string') return undefined;
      const stored = this.storage.getStore();
      const request = stored?.client === client ? stored : this.begin(client, false);
      if (!request) return undefined;
      if (request.call) request.call.restart();
      else this.send(request, new ModelCall({ url: address, body, api }));
      return request;
    } catch {
      return undefined;
    }
  }

  private send(request: LogicalRequest, call: ModelCall): void {
    request.call = call;
    if (request.place.adopt?.(call)) return;
    request.span = this.options.recorder.start({
      name: `${call.operation} ${call.model ?? ''}`.trim(),
      role: SpanKind.CLIENT,
      startMs: request.startMs,
      parent: request.place.parent,
      attributes: { ...call.startAttributes(), ...request.source },
    });
    this.open.add(request);
  }

  private answered(request: LogicalRequest, answer: unknown): void {
    try {
      const { call } = request;
      if (!call || typeof answer !== 'object' || answer === null) return;
      const { status, headers } = answer as { status: number; headers?: Headers };
      call.status = status;
      call.streamed = /event-stream/.test(headers?.get('content-type') ?? '');
      const failed = status >= 400;
      tapResponse(answer, {
        chunk: (data) => call.chunk(data),
        whole: (data) => {
          if (!call.reading) call.chunk(data);
        },
        end: (reason, error) => {
          // Who leaves a stream early aborts its request, which is no failure.
          const left = error instanceof Error && error.name === 'AbortError';
          if (reason === 'failed' && !left) this.fail(request, error);
          else if (!failed || !request.whole) this.end(request);
        },
      });
    } catch {
      // An answer of a shape we do not know goes to the program unwatched.
    }
  }

  private fail(request: LogicalRequest, error: unknown): void {
    try {
      if (request.call) request.call.error = failureOf(error);
      this.end(request);
    } catch {
      // The program hears of its own error only.
    }
  }

  private end(request: LogicalRequest): void {
    const { call, span } = request;
    if (!span || !call || !this.open.delete(request)) return;
    span.setAttributes(call.endAttributes());
    this.options.recorder.end(span, nowMs(), call.failure());
  }
}

/** An error of any kind as the conventions name it. */
export function failureOf(error: unknown): Failure {
  if (!(error instanceof Error)) return { type: 'Error', message: String(error) };
  const { name, message, stack } = error;
  const type = error.constructor.name || name;
  return { type: type === 'Error' ? name : type, message, stack: ownFrames(stack) };
}

/** A stack without the frames of this hook. */
function ownFrames(stack: string | undefined): string | undefined {
  return stack
    ?.split('\n')
    .filter((line) => !line.includes(__filename))
    .join('\n');
}
