import type { Disposable } from '../base/disposable';
import type { QueryService } from '../engine/services';
import type { TraceChanges } from './core';

const periodMs = 1000;
const watched = 100;

/** Finds out what another process changes in a store, by looking at its newest traces. */
export class Follower implements Disposable {
  private readonly seen = new Map<string, number>();
  private readonly timer: NodeJS.Timeout;
  private looking = false;

  constructor(
    private readonly query: QueryService,
    private readonly tell: (changes: TraceChanges) => void,
  ) {
    this.timer = setInterval(() => void this.look(), periodMs);
    this.timer.unref();
  }

  dispose(): void {
    clearInterval(this.timer);
  }

  private async look(): Promise<void> {
    if (this.looking) return;
    this.looking = true;
    try {
      const newest = await this.query.traces({ limit: watched });
      const changed = newest.filter((trace) => this.seen.get(trace.traceId) !== trace.updatedTime);
      const present = new Set(newest.map((trace) => trace.traceId));
      const gone = newest.length < watched ? [...this.seen.keys()] : [];
      const removed = gone.filter((traceId) => !present.has(traceId));
      for (const trace of changed) this.seen.set(trace.traceId, trace.updatedTime);
      for (const traceId of removed) this.seen.delete(traceId);
      if (changed.length + removed.length > 0) this.tell({ changed, removed });
    } catch {
      // The store is being opened or closed; the next look will tell.
    } finally {
      this.looking = false;
    }
  }
}
