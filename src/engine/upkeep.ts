import type { Disposable } from '../base/disposable';
import { toError } from '../base/errors';
import { Emitter } from '../base/event';
import type { Log } from '../base/log';
import type { TraceStore } from '../store/traceStore';

const quietMs = 2000;
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
  private readonly shrunk = new Emitter<readonly string[]>();

  /** Traces that the retention cap deleted. */
  readonly onShrunk = this.shrunk.event;

  constructor(
    private readonly store: TraceStore,
    private readonly options: { readonly retentionBytes: number; readonly log: Log },
  ) {}

  /** Takes up what an earlier process left undone. */
  begin(): void {
    this.quiet = setTimeout(() => void this.tidy(), quietMs);
  }

  wrote(): void {
    clearTimeout(this.quiet);
    this.quiet = setTimeout(() => void this.tidy(), quietMs);
    if (Date.now() - this.checkedAt > sizeCheckMs) void this.guard(() => this.checkSize());
  }

  removed(): void {
    clearTimeout(this.purge);
    this.purge = setTimeout(() => void this.guard(() => this.store.purge()), undoMs);
  }

  dispose(): void {
    clearTimeout(this.quiet);
    clearTimeout(this.purge);
    this.shrunk.dispose();
  }

  private async tidy(): Promise<void> {
    await this.guard(async () => {
      const more = await this.store.tidy();
      if (more) this.quiet = setTimeout(() => void this.tidy(), pauseMs);
      else await this.checkSize();
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
