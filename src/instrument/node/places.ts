import type { SpanPlace } from './recorder';

/**
 * Where a new span of ours belongs: under the Agents SDK's current span, else under the program's
 * active OpenTelemetry span, else under a place a harness of ours has set. All three are read
 * from globals, because the program's copies of these libraries are not ours.
 */

type PlaceSource = () => SpanPlace | undefined;

interface ApiGlobals {
  readonly context?: { active(): { getValue(key: symbol): unknown } };
}

interface SpanHolder {
  spanContext(): { traceId: string; spanId: string };
}

const globals = globalThis as unknown as Record<symbol, unknown>;
const apiKey = Symbol.for('opentelemetry.js.api.1');
const spanKey = Symbol.for('OpenTelemetry Context Key SPAN');
const suppressKey = Symbol.for('OpenTelemetry SDK Context Key SUPPRESS_TRACING');
const harnessKey = Symbol.for('glassbox.place');

/** The place the program is at, outside the Agents SDK. */
export const outerPlace: PlaceSource = () => {
  try {
    return openTelemetryPlace() ?? harnessPlace();
  } catch {
    return undefined;
  }
};

/** Read without the API package, whose copy refuses to talk to an older one. */
function openTelemetryPlace(): SpanPlace | undefined {
  const api = globals[apiKey] as ApiGlobals | undefined;
  const span = api?.context?.active().getValue(spanKey) as SpanHolder | undefined;
  const { traceId, spanId } = span?.spanContext() ?? {};
  return isId(traceId) && isId(spanId) ? { traceId, spanId } : undefined;
}

/** An AsyncLocalStorage of `{traceId, spanId}` under `Symbol.for('glassbox.place')`. */
function harnessPlace(): SpanPlace | undefined {
  const storage = globals[harnessKey] as { getStore(): Partial<SpanPlace> | undefined } | undefined;
  const { traceId, spanId } = storage?.getStore() ?? {};
  return isId(traceId) && isId(spanId) ? { traceId, spanId } : undefined;
}

function isId(id: unknown): id is string {
  return typeof id === 'string' && id !== '' && !/^0*$/.test(id);
}

interface SuppressibleContext {
  setValue(key: symbol, value: unknown): unknown;
}

/** Runs `start` in a context in which the program's OpenTelemetry makes no spans. */
export function hidden(start: () => void): void {
  const api = globals[apiKey] as
    | { context?: { active(): SuppressibleContext; with(context: unknown, fn: () => void): void } }
    | undefined;
  let ran = false;
  try {
    api?.context?.with(api.context.active().setValue(suppressKey, true), () => {
      ran = true;
      start();
    });
  } finally {
    if (!ran) start();
  }
}
