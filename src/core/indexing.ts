import { toError } from '../base/errors';
import type { Log } from '../base/log';
import type { IndexEvents, IndexService, IngestOptions } from '../engine/services';
import { ServiceThread } from './thread';

/** The thread that keeps the index of a store this process owns; started when it is first needed. */
export class Indexing {
  private thread: ServiceThread<IndexService> | undefined;

  constructor(
    private readonly options: {
      readonly workerFile: string;
      readonly ingest: IngestOptions;
      readonly log: Log;
    },
  ) {}

  /** Follows the store from where the index is; again where another file has taken its place. */
  follow(): void {
    const { workerFile: file, ingest, log } = this.options;
    const events: IndexEvents = { log: async (level, message) => log[level](message) };
    if (!this.thread) {
      this.thread = new ServiceThread({ file, role: 'index', events });
      this.thread.onRestarted(() => this.follow());
    }
    // Without an index a search still answers, only slower.
    this.thread.remote
      .open(ingest.file, ingest.prices)
      .catch((error: unknown) => log.warn(`No index is kept: ${toError(error).message}`));
  }

  wake(): void {
    this.thread?.remote.wake().catch(() => undefined);
  }

  /** What is being indexed is given up; the index goes on from there the next time. */
  async close(): Promise<void> {
    await this.thread?.close();
  }
}
