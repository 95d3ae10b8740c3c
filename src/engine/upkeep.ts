import type { Disposable } from '../base/disposable';
import { toError } from '../base/errors';
import { Emitter } from '../base/event';
import type { Log } from '../base/log';
import type { TraceStore } from '../store/traceStore';

const quietMs = 2000;
/** The store merges what has been quiet for 10 s: after the last spans, it is asked once more. */
const settleMs = 10_000;
const sizeCheckMs = 10_000;
/** Between two steps of tidying, so that what arrives meanwhile does not wait. */
const pauseMs = 20;
/** Shrinking a little further keeps the next spans from starting it again. */
const slack = 0.9;
/** How long removed traces can be brought back. */
const undoMs = 10 * 60_000;

/** Does the store's housekeeping when nobody writes, and keeps it under its cap. */
export class Upkeep implements Disposable {
  private quiet: NodeJS.Timeout | undefined;
  private purge: NodeJS.Timeout | undefined;
  private checkedAt = 0;
  private settled = false;
  private disposed = false;
  private readonly shrunk = new Emitter<readonly string[]>();

  /** Traces that the retention cap deleted. */
  readonly onShrunk = this.shrunk.event;

  constructor(
    private readonly store: TraceStore,
    private readonly options: { readonly retentionBytes: number; readonly log: Log },
  ) {}

  /** Takes up what an earlier process left undone. */
  begin(): void {
    this.tidyIn(quietMs);
  }

  wrote(): void {
    this.settled = false;
    this.tidyIn(quietMs);
    if (Date.now() - this.checkedAt > sizeCheckMs) void this.guard(() => this.checkSize());
  }

  removed(): void {
    clearTimeout(this.purge);
    this.purge = setTimeout(() => void this.guard(() => this.store.purge()), undoMs);
  }

  dispose(): void {
    this.disposed = true;
    clearTimeout(this.quiet);
    clearTimeout(this.purge);
    this.shrunk.dispose();
  }

  private tidyIn(milliseconds: number): void {
    clearTimeout(this.quiet);
    if (!this.disposed) this.quiet = setTimeout(() => void this.tidy(), milliseconds);
  }

  private async tidy(): Promise<void> {
    this.quiet = undefined;
    await this.guard(async () => {
      if (await this.store.tidy()) {
        this.tidyIn(pauseMs);
        return;
      }
      await this.checkSize();
      if (this.settled || this.quiet) return;
      this.settled = true;
      this.tidyIn(settleMs);
    });
  }

  private async checkSize(): Promise<void> {
    this.checkedAt = Date.now();
    if ((await this.store.size()) <= this.options.retentionBytes) return;
    const deleted = await this.store.shrinkTo(this.options.retentionBytes * slack);
    this.options.log.info(`Over the retention cap: deleted the ${deleted.length} oldest traces`);
    this.shrunk.fire(deleted);
  }

  private async guard(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.options.log.error(toError(error));
    }
  }
}
