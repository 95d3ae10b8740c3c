import { AsyncLocalStorage } from 'node:async_hooks';
import { randomBytes } from 'node:crypto';
import { writeSync } from 'node:fs';
import { Socket } from 'node:net';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { trace, type Attributes, type Context, type Span } from '@opentelemetry/api';
import { nowMs } from './clock';
import { Content } from './content';
import { Exporter } from './exporter';
import { onExit } from './onExit';
import { hidden } from './places';
import { Recorder, type SpanPlace } from './recorder';

/**
 * Calls a function of the program for every case of an experiment, in one process. Requests come
 * as JSON lines on file descriptor 3, replies go to 4; standard input and output stay the
 * program's own.
 */

interface CaseRequest {
  readonly id: number;
  readonly input: unknown;
  readonly traceId: string;
  readonly timeoutMs: number;
  readonly attributes?: Attributes;
}

type Called = (input: unknown) => unknown;

const input = 3;
const output = 4;
const longestMessage = 4000;
/** For what the program itself still wants to send when all is done. */
const lastMomentMs = 1000;
const { setTimeout, clearTimeout } = globalThis;
const places = new AsyncLocalStorage<SpanPlace>();
const recorder = openRecorder();

function openRecorder(): Recorder | undefined {
  const endpoint = process.env['GLASSBOX_ENDPOINT'];
  if (!endpoint) return undefined;
  const exporter = new Exporter({ endpoint, hidden, note: () => undefined });
  onExit(() => exporter.finish());
  return new Recorder(exporter);
}

/** Whole lines, at once, so that they outlive any end of the process. */
function reply(message: Readonly<Record<string, unknown>>): void {
  let rest = Buffer.from(JSON.stringify(message) + '\n');
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(output, rest));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
    }
  }
}

function describe(error: unknown): string {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return text.slice(0, longestMessage);
}

async function loadFunction(file: string, name: string): Promise<Called> {
  const module = (await import(pathToFileURL(resolve(file)).href)) as Record<string, unknown>;
  const inside = module['default'] as Record<string, unknown> | undefined;
  const found = module[name] ?? inside?.[name];
  if (typeof found !== 'function') throw new Error(`${file} has no function '${name}'.`);
  return found as Called;
}

async function runCase(called: Called, request: CaseRequest): Promise<void> {
  const { id, timeoutMs, traceId } = request;
  const place = { traceId, spanId: randomBytes(8).toString('hex') };
  const span = startSpan(called.name, request, place);
  const started = performance.now();
  const took = () => performance.now() - started;
  const late = Symbol('late');
  let timer: NodeJS.Timeout | undefined;
  try {
    const timeout = new Promise((done) => (timer = setTimeout(done, timeoutMs, late)));
    const result = await Promise.race([within(place, () => called(request.input)), timeout]);
    if (result === late) throw new TimeoutError(`It took longer than ${timeoutMs / 1000} s.`);
    const value = result === undefined ? null : result;
    // What has no JSON must fail here, before it is called a success.
    const text = JSON.stringify(value) as string | undefined;
    if (text === undefined) throw new TypeError(`It gave a ${typeof value}, which has no JSON.`);
    if (span) {
      recorder?.update(span, new Content().json('glassbox.output', value).attributes);
      recorder?.end(span, nowMs());
    }
    reply({ id, durationMs: took(), output: JSON.parse(text) as unknown });
  } catch (error) {
    const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
    if (span) recorder?.end(span, nowMs(), { type: name, message, stack });
    const isLate = error instanceof TimeoutError;
    reply({ id, durationMs: took(), error: isLate ? message : describe(error) });
  } finally {
    clearTimeout(timer);
  }
}

class TimeoutError extends Error {
  override readonly name = 'timeout';
}

function startSpan(name: string, request: CaseRequest, place: SpanPlace): Span | undefined {
  const content = new Content().set('glassbox.observation.kind', 'chain');
  content.set('code.function.name', name).json('glassbox.input', request.input);
  const attributes = { ...content.attributes, ...request.attributes };
  return recorder?.start({ name: name || 'function', startMs: nowMs(), ...place, attributes });
}

interface ApiGlobal {
  readonly context?: {
    active(): Context;
    with<T>(context: Context, run: () => T): T;
  };
}

/** Inside the case, for our spans and for those of the program's own OpenTelemetry. */
function within<T>(place: SpanPlace, run: () => T): T {
  const globals = globalThis as unknown as Record<symbol, ApiGlobal | undefined>;
  const api = globals[Symbol.for('opentelemetry.js.api.1')]?.context;
  return places.run(place, () => {
    if (!api) return run();
    return api.with(trace.setSpanContext(api.active(), { ...place, traceFlags: 1 }), run);
  });
}

async function main(): Promise<void> {
  const [file = '', name = ''] = process.argv.slice(2);
  (globalThis as unknown as Record<symbol, unknown>)[Symbol.for('glassbox.place')] = places;
  let called: Called;
  try {
    called = await loadFunction(file, name);
  } catch (error) {
    reply({ fatal: describe(error) });
    process.exit(1);
  }
  const requests = new Socket({ fd: input, writable: false }).setEncoding('utf8');
  let rest = '';
  // `readline` would also split at U+2028 inside JSON.
  requests.on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) void runCase(called, JSON.parse(line) as CaseRequest);
  });
  requests.on('close', () => setTimeout(() => process.exit(0), lastMomentMs).unref());
  reply({ ready: true });
}

void main();
