import { cover } from './cover';
import type { SpanLike } from './encode';
import type { Recorder } from './recorder';

/**
 * The program's own OpenTelemetry spans, copied here after its own processors have had them.
 * Watched where every provider keeps its list of processors, whatever it is built with.
 */

export interface UserTracingOptions {
  readonly recorder: Recorder;
  /** Where the program may be exporting to already. */
  readonly endpoint: string;
  /** True where the program's exporters must not send. */
  readonly localOnly: boolean;
}

interface ProcessorList {
  readonly _spanProcessors?: readonly unknown[];
}

export class UserTracing {
  private readonly covered = new WeakSet<object>();
  /** Per list of processors: whether its spans come here by themselves. */
  private readonly ours = new WeakMap<object, boolean>();

  constructor(private readonly options: UserTracingOptions) {}

  /** Takes the class of the list. */
  watch(listClass: unknown): void {
    const { prototype } = listClass as { prototype: Record<string, unknown> };
    if (this.covered.has(prototype)) return;
    this.covered.add(prototype);
    this.follow(prototype, 'onStart', true);
    this.follow(prototype, 'onEnd', false);
  }

  private follow(prototype: object, name: string, running: boolean): void {
    const copy = (list: ProcessorList, span: unknown) => this.copy(list, span, running);
    const look = (list: ProcessorList) => this.sendsHere(list);
    cover<ProcessorList>(
      prototype,
      name,
      (original) =>
        function (...args) {
          look(this);
          const result = original.apply(this, args);
          copy(this, args[0]);
          return result;
        },
    );
  }

  private copy(list: ProcessorList, span: unknown, running: boolean): void {
    try {
      if (!this.sendsHere(list)) this.options.recorder.copy(span as SpanLike, running);
    } catch {
      // A span of a shape we do not know stays where it is.
    }
  }

  private sendsHere(list: ProcessorList): boolean {
    const known = this.ours.get(list);
    if (known !== undefined) return known;
    let here = false;
    try {
      const processors = list._spanProcessors ?? [];
      for (const processor of processors) {
        if (mentions(processor, this.options.endpoint)) here = true;
        else if (this.options.localOnly) silenceExporter(processor);
      }
    } catch {
      here = false;
    }
    this.ours.set(list, here);
    return here;
  }
}

/** True when some text within a few levels starts with the address. */
function mentions(root: unknown, address: string): boolean {
  const seen = new Set<unknown>();
  let level = [root];
  for (let depth = 0; depth < 8 && level.length > 0 && seen.size < 2_000; depth++) {
    const next: unknown[] = [];
    for (const value of level) {
      if (typeof value === 'string' && value.startsWith(address)) return true;
      if (typeof value !== 'object' || value === null || seen.has(value)) continue;
      seen.add(value);
      next.push(...(Object.values(value) as unknown[]));
    }
    level = next;
  }
  return false;
}

/** Exporters that send nothing away. */
const staysHere = /^(Console|InMemory)SpanExporter$/;

/** The processor goes on working; what it would send away is taken and dropped. */
function silenceExporter(processor: unknown): void {
  const holder = processor as { _exporter?: { export?: unknown } };
  const exporter = holder._exporter;
  if (!exporter || typeof exporter.export !== 'function') return;
  if (staysHere.test(exporter.constructor.name)) return;
  exporter.export = (_spans: unknown, done: (result: { code: number }) => void) =>
    done({ code: 0 });
}
