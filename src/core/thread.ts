import { Worker } from 'node:worker_threads';
import { connect, serve, type Methods, type Remote } from '../base/channel';
import { Emitter } from '../base/event';
import { threadPort } from '../base/threadPort';

/** A worker thread that serves `T`, and is served `E` in return. */
export class ServiceThread<T extends Methods<T>> {
  readonly remote: Remote<T>;
  private readonly worker: Worker;
  private readonly exited = new Emitter<number>();
  private closing = false;

  /** Fires with the exit code when the thread ends without having been closed. */
  readonly onDied = this.exited.event;

  constructor(workerFile: string, role: 'ingest' | 'query', events?: Methods<object>) {
    this.worker = new Worker(workerFile, {
      workerData: { role },
      name: `glassbox-${role}`,
      // The user's NODE_OPTIONS, our hook among them, are meant for agents.
      env: { ...process.env, NODE_OPTIONS: '' },
    });
    const port = threadPort(this.worker);
    this.remote = connect<T>(port);
    if (events) serve(port, events);
    this.worker.on('error', () => undefined);
    this.worker.on('exit', (code) => {
      this.remote.dispose();
      if (!this.closing) this.exited.fire(code);
    });
  }

  async close(): Promise<void> {
    this.closing = true;
    this.remote.dispose();
    await this.worker.terminate();
  }
}
