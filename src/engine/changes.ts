import type { Disposable } from '../base/disposable';

/** Tells of changed traces at most ten times a second, each trace once a time. */
export class ChangeAnnouncer implements Disposable {
  private readonly changed = new Set<string>();
  private readonly removed = new Set<string>();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly announce: (changed: readonly string[], removed: readonly string[]) => void,
    private readonly periodMs = 100,
  ) {}

  change(traceIds: readonly string[]): void {
    for (const traceId of traceIds) {
      this.changed.add(traceId);
      this.removed.delete(traceId);
    }
    this.schedule();
  }

  remove(traceIds: readonly string[]): void {
    for (const traceId of traceIds) {
      this.removed.add(traceId);
      this.changed.delete(traceId);
    }
    this.schedule();
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  private schedule(): void {
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      const changed = [...this.changed];
      const removed = [...this.removed];
      this.changed.clear();
      this.removed.clear();
      if (changed.length + removed.length > 0) this.announce(changed, removed);
    }, this.periodMs);
  }
}
