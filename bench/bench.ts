import { fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { connect, type Port, type Remote } from '../src/base/channel';
import { silentLog } from '../src/base/log';
import { Core } from '../src/core/core';
import { ServiceThread } from '../src/core/thread';
import type { IngestEvents, IngestOptions, IngestService } from '../src/engine/services';
import type { SenderService } from './sender';

/** How much is measured. */
export interface Scale {
  readonly name: 'full' | 'quick' | 'tiny';
  readonly rounds: number;
  /** Batches of 512 spans a round. */
  readonly batches: number;
  /** Spans a round in requests of 1 to 5. */
  readonly liveSpans: number;
  readonly pacedSeconds: number;
  /** Spans in the store that is read. */
  readonly storeSpans: number;
  readonly readsEach: number;
}

export const scales: Readonly<Record<Scale['name'], Scale>> = {
  full: {
    ...{ name: 'full', rounds: 7, batches: 16, liveSpans: 8_000, pacedSeconds: 10 },
    ...{ storeSpans: 1_000_000, readsEach: 100 },
  },
  quick: {
    ...{ name: 'quick', rounds: 5, batches: 8, liveSpans: 4_000, pacedSeconds: 5 },
    ...{ storeSpans: 50_000, readsEach: 30 },
  },
  tiny: {
    ...{ name: 'tiny', rounds: 1, batches: 1, liveSpans: 100, pacedSeconds: 0.3 },
    ...{ storeSpans: 1_000, readsEach: 2 },
  },
};

/** What every measurement is given. */
export interface Bench {
  readonly scale: Scale;
  /** `dist/worker.js`. */
  readonly workerFile: string;
  /** Where files may be made. */
  readonly folder: string;
  readonly sender: Remote<SenderService>;
  readonly progress: (message: string) => void;
}

/** Starts the sending process; `close` ends it. */
export function openSender(file: string): { sender: Remote<SenderService>; close(): void } {
  const child = fork(file, { serialization: 'advanced' });
  const port: Port = {
    post: (message) => child.send(message as object),
    listen: (handler) => {
      child.on('message', handler);
      return { dispose: () => child.off('message', handler) };
    },
  };
  const sender = connect<SenderService>(port);
  child.on('exit', () => sender.dispose());
  return { sender, close: () => child.disconnect() };
}

/** The product as the editor holds it, over a new store of this name in the bench's folder. */
export async function openCore({ workerFile, folder }: Bench, name: string): Promise<Core> {
  removeStore(folder, name);
  const ingest = ingestOptions(folder, name);
  return Core.open({ workerFile, ingest, folders: [], alone: true, log: silentLog });
}

/** What receives and stores. */
export interface Receiving {
  readonly endpoint: string;
  close(): Promise<void>;
}

/** Of the product only the thread that receives and stores: nothing indexes or reads beside it. */
export async function openIngest({ workerFile, folder }: Bench, name: string): Promise<Receiving> {
  removeStore(folder, name);
  const ignore = async () => undefined;
  const events: IngestEvents = {
    ...{ tracesChanged: ignore, storeReplaced: ignore, notice: ignore, log: ignore },
  };
  const thread = new ServiceThread<IngestService>({ file: workerFile, role: 'ingest', events });
  const listening = await thread.remote.open(ingestOptions(folder, name));
  if (!listening) throw new Error('The store is held by another process');
  return {
    endpoint: listening.endpoint,
    close: async () => {
      await thread.remote.close();
      await thread.close();
    },
  };
}

function ingestOptions(folder: string, name: string): IngestOptions {
  return {
    file: join(folder, name, 'glassbox.db'),
    ...{ port: 0, whenTaken: 'fail', token: randomBytes(8).toString('hex') },
    ...{ workspace: 'bench', allowedHosts: [], prices: {}, secretPatterns: [] },
    ...{ retentionBytes: Infinity, folder: process.cwd() },
  };
}

export function removeStore(folder: string, name: string): void {
  rmSync(join(folder, name), { recursive: true, force: true });
}
