import type { TraceSummary } from '../model/trace';
import type { Core } from './core';

interface Watched {
  latest: TraceSummary | undefined;
  changedAt: number;
  readonly deadline: number;
  readonly resolve: (trace: TraceSummary | undefined) => void;
}

const quietForMs = 300;
const withinMs = 3000;
const lookEveryMs = 50;
const askEveryMs = 250;

/**
 * Waits until traces are whole: their root has ended and nothing has come for a moment, because
 * the exporters of some SDKs send late. One timer serves any number of traces.
 */
export class TraceWaiter {
  private readonly watched = new Map<string, Watched>();
  private readonly listener;
  private timer: NodeJS.Timeout | undefined;
  private askedAt = 0;

  constructor(private readonly core: Core) {
    this.listener = core.onTracesChanged(({ changed }) => {
      for (const trace of changed) this.saw(trace);
    });
  }

  /** The trace when it is whole, as it is after three seconds otherwise; undefined without one. */
  whole(traceId: string): Promise<TraceSummary | undefined> {
    this.timer ??= setInterval(() => this.look(), lookEveryMs);
    return new Promise((resolve) => {
      const now = Date.now();
      this.watched.set(traceId, {
        ...{ latest: undefined, changedAt: now, deadline: now + withinMs, resolve },
      });
      void this.ask(traceId);
    });
  }

  dispose(): void {
    clearInterval(this.timer);
    this.listener.dispose();
    for (const { resolve, latest } of this.watched.values()) resolve(latest);
    this.watched.clear();
  }

  private saw(trace: TraceSummary): void {
    const watched = this.watched.get(trace.traceId);
    if (!watched || watched.latest?.updatedTime === trace.updatedTime) return;
    watched.latest = trace;
    watched.changedAt = Date.now();
  }

  private look(): void {
    const now = Date.now();
    // Another process may own the store: then nothing is announced here in time.
    const mustAsk = !this.core.listening && now - this.askedAt > askEveryMs;
    if (mustAsk) this.askedAt = now;
    for (const [traceId, { latest, changedAt, deadline, resolve }] of this.watched) {
      const whole = latest && latest.status !== 'running' && now - changedAt >= quietForMs;
      if (whole || now > deadline) {
        this.watched.delete(traceId);
        resolve(latest);
      } else if (mustAsk) void this.ask(traceId);
    }
    if (this.watched.size > 0) return;
    clearInterval(this.timer);
    this.timer = undefined;
  }

  private async ask(traceId: string): Promise<void> {
    const trace = await this.core.query.summary(traceId).catch(() => undefined);
    if (trace) this.saw(trace);
  }
}
