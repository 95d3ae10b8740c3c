import { randomUUID } from 'node:crypto';
import { connect, type Methods } from '../base/channel';
import { Disposables } from '../base/disposable';
import { toError, UserError } from '../base/errors';
import { Emitter, type Listen } from '../base/event';
import type { Log } from '../base/log';
import type {
  IngestEvents,
  IngestOptions,
  IngestService,
  Listening,
  QueryService,
  StoreWrites,
} from '../engine/services';
import type { TraceSummary } from '../model/trace';
import { announceWindow, readWindows, type Window } from '../run/windows';
import { Follower } from './follower';
import { Indexing } from './indexing';
import { ownerPort } from './ownerPort';
import { ServiceThread } from './thread';

export interface TraceChanges {
  readonly changed: readonly TraceSummary[];
  readonly removed: readonly string[];
}

export interface CoreOptions {
  /** `dist/worker.js`. */
  readonly workerFile: string;
  readonly ingest: IngestOptions;
  /** Folders whose terminals and command lines belong to this store. */
  readonly folders: readonly string[];
  /** Neither found by others nor following them: an explicit `--db` keeps to itself. */
  readonly alone: boolean;
  readonly log: Log;
}

const takeOverEveryMs = 2000;
const neighboursEveryMs = 2000;

/**
 * The one object both heads hold: a store, the threads that write and read it, and what they
 * announce. Where another process owns the store, writes go to it and its changes are followed,
 * until it ends and this one takes over.
 */
export class Core {
  private readonly disposables = new Disposables();
  private readonly changes = this.disposables.add(new Emitter<TraceChanges>());
  private readonly notices = this.disposables.add(new Emitter<string>());
  private readonly listens = this.disposables.add(new Emitter<Listening>());
  private readonly ingest: ServiceThread<IngestService>;
  private readonly queries: ServiceThread<QueryService>;
  private readonly indexing: Indexing;
  private listening_: Listening | undefined;
  private owner: { readonly window: Window; readonly writes: StoreWrites } | undefined;
  private takeBack: (() => Promise<void>) | undefined;

  readonly onTracesChanged: Listen<TraceChanges> = this.changes.event;
  /** Sentences for the user, each said once. */
  readonly onNotice: Listen<string> = this.notices.event;
  /** Fires when this process has begun to listen, also after taking over. */
  readonly onListening: Listen<Listening> = this.listens.event;

  private constructor(private readonly options: CoreOptions) {
    const events: IngestEvents = {
      tracesChanged: async (changed, removed) => {
        this.changes.fire({ changed, removed });
        this.indexing.wake();
      },
      storeReplaced: async (message) => {
        this.notices.fire(message);
        if (!this.listening_) return;
        await this.openQuery();
        this.indexing.follow();
      },
      notice: async (message) => this.notices.fire(message),
      log: async (level, message) => options.log[level](message),
    };
    const file = options.workerFile;
    this.ingest = new ServiceThread({ file, role: 'ingest', events });
    this.queries = new ServiceThread({ file, role: 'query' });
    this.indexing = new Indexing(options);
    this.disposables.add(this.ingest.onRestarted(() => void this.reopenIngest()));
    this.disposables.add(this.queries.onRestarted(() => void this.openQuery()));
  }

  /** Opens the store and listens, or follows its owner. Rejects with a `UserError`. */
  static async open(options: CoreOptions): Promise<Core> {
    const core = new Core(options);
    try {
      await core.start();
      return core;
    } catch (error) {
      await core.close();
      throw error;
    }
  }

  get query(): QueryService {
    return this.queries.remote;
  }

  /** Undefined while another process owns the store. */
  get listening(): Listening | undefined {
    return this.listening_;
  }

  /** The standard ports this process holds beside its own. */
  heldPorts(): Promise<readonly number[]> {
    return this.ingest.remote.heldPorts();
  }

  /** Where spans for this store go, whoever owns it. */
  get endpoint(): string {
    const endpoint = this.listening_?.endpoint ?? this.owner?.window.endpoint;
    if (endpoint === undefined) throw new Error('The core is not open');
    return endpoint;
  }

  get writes(): StoreWrites {
    return this.owner ? this.owner.writes : this.ingest.remote;
  }

  async close(): Promise<void> {
    this.disposables.dispose();
    await this.takeBack?.();
    if (this.listening_) await this.ingest.remote.close().catch(() => undefined);
    await Promise.all([this.ingest.close(), this.queries.close(), this.indexing.close()]);
  }

  private async start(): Promise<void> {
    if (!(await this.tryOwn())) await this.follow();
    await this.openQuery();
  }

  /** What was acknowledged is on disk; what was not is sent again by its exporter. */
  private async reopenIngest(): Promise<void> {
    if (!this.listening_) return;
    const { port } = this.listening_;
    this.notices.fire('The part of Glassbox that receives spans stopped and was started again.');
    try {
      await this.takeBack?.();
      await this.tryOwn({ ...this.options.ingest, port, whenTaken: 'nextFree' });
    } catch (error) {
      this.options.log.error(toError(error));
    }
  }

  private async openQuery(): Promise<void> {
    const { file, prices } = this.options.ingest;
    await this.query.open(file, prices);
  }

  private async tryOwn(options = this.options.ingest): Promise<boolean> {
    const listening = await this.ingest.remote.open(options);
    if (!listening) return false;
    if (!this.options.alone) {
      const { folders, ingest } = this.options;
      this.takeBack = await announceWindow(randomUUID(), {
        ...{ pid: process.pid, workspace: ingest.workspace, folders },
        ...{ endpoint: listening.endpoint, db: ingest.file },
      });
    }
    this.listening_ = listening;
    this.owner = undefined;
    this.indexing.follow();
    if (this.options.ingest.standardPorts) this.watchNeighbours();
    this.listens.fire(listening);
    return true;
  }

  /** Spans on a shared port may belong to any of the owners there are just then. */
  private watchNeighbours(): void {
    const tell = async () => this.ingest.remote.setNeighbours(await readWindows());
    const timer = setInterval(() => void tell().catch(() => undefined), neighboursEveryMs);
    timer.unref();
    this.disposables.defer(() => clearInterval(timer));
  }

  private async follow(): Promise<void> {
    const { file } = this.options.ingest;
    const windows = this.options.alone ? [] : await readWindows();
    const window = windows.find(({ db }) => db === file);
    if (!window) {
      throw new UserError(
        `Another process is using ${file}. Close it, or choose another file with --db.`,
      );
    }
    const writes = connect<Methods<StoreWrites> & StoreWrites>(ownerPort(window.endpoint));
    this.owner = { window, writes };
    const follower = this.disposables.add(
      new Follower(this.query, (changes) => this.changes.fire(changes)),
    );
    const timer = setInterval(() => {
      void this.tryOwn().then(
        (owns) => {
          if (!owns) return;
          clearInterval(timer);
          follower.dispose();
        },
        (error: unknown) => this.options.log.error(toError(error)),
      );
    }, takeOverEveryMs);
    timer.unref();
    this.disposables.defer(() => clearInterval(timer));
  }
}
