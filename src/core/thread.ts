import { Worker } from 'node:worker_threads';
import { connect, serve, type Methods, type Remote } from '../base/channel';
import { Emitter } from '../base/event';
import { threadPort } from '../base/threadPort';

export interface ThreadOptions {
  /** `dist/worker.js`. */
  readonly file: string;
  readonly role: 'ingest' | 'query' | 'index';
  /** What the thread is served in return. */
  readonly events?: Methods<object>;
}

/**
 * A batch lives until it is committed. Where it fits into the young generation, most of the work of
 * collecting garbage falls away; V8's own size is half of this.
 */
const ingestLimits = { maxYoungGenerationSizeMb: 96 };

const mostRestarts = 5;
const restartsForgottenMs = 60_000;

/**
 * A worker thread that serves `T`. When it dies without having been closed, another one takes its
 * place; calls that waited are rejected, and `onRestarted` says that it must be opened again.
 */
export class ServiceThread<T extends Methods<T>> {
  private worker: Worker;
  private current: Remote<T>;
  private readonly restarted = new Emitter<number>();
  private restarts: readonly number[] = [];
  private closing = false;

  /** The service of whichever thread is there at the time of the call. */
  readonly remote: T;
  /** Fires with the exit code of the thread that died, when its successor runs. */
  readonly onRestarted = this.restarted.event;

  constructor(private readonly options: ThreadOptions) {
    [this.worker, this.current] = this.start();
    this.remote = new Proxy({} as T, {
      get: (_, method) => Reflect.get(this.current, method) as unknown,
    });
  }

  async close(): Promise<void> {
    this.closing = true;
    this.restarted.dispose();
    this.current.dispose();
    await this.worker.terminate();
  }

  private start(): [Worker, Remote<T>] {
    const { file, role, events } = this.options;
    const worker = new Worker(file, {
      workerData: { role },
      name: `glassbox-${role}`,
      resourceLimits: role === 'ingest' ? ingestLimits : {},
      // The user's NODE_OPTIONS, our hook among them, are meant for agents.
      env: { ...process.env, NODE_OPTIONS: '' },
    });
    const port = threadPort(worker);
    const remote = connect<T>(port);
    if (events) serve(port, events);
    worker.on('error', () => undefined);
    worker.on('exit', (code) => {
      remote.dispose();
      this.died(code);
    });
    return [worker, remote];
  }

  /** A thread that cannot stay up is left down, so that it does not take the processor with it. */
  private died(code: number): void {
    const now = Date.now();
    this.restarts = this.restarts.filter((time) => now - time < restartsForgottenMs);
    if (this.closing || this.restarts.length >= mostRestarts) return;
    this.restarts = [...this.restarts, now];
    [this.worker, this.current] = this.start();
    this.restarted.fire(code);
  }
}
