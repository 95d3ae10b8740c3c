import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { UserError } from '../base/errors';
import type { Log } from '../base/log';
import { Core } from '../core/core';
import { openReader, type Reader } from '../core/reader';
import { createToken, workspaceId } from '../run/workspace';
import { findWindow } from '../run/windows';

/** Which store a command line works on: `--db`, the owner of this folder, or the folder's own. */

const defaultRetentionBytes = 1_000_000_000;

interface StoreChoice {
  readonly file: string;
  readonly explicit: boolean;
}

async function chooseStore(db: string | undefined): Promise<StoreChoice> {
  if (db !== undefined) return { file: resolve(db), explicit: true };
  const window = await findWindow(process.cwd());
  return { file: window?.db ?? resolve('.glassbox', 'local', 'glassbox.db'), explicit: false };
}

/** Opens a store for reading; undefined where this folder has none yet. */
export async function openForReading(db: string | undefined): Promise<Reader | undefined> {
  const { file, explicit } = await chooseStore(db);
  if (existsSync(file)) return openReader(workerFile(), file);
  if (explicit) throw new UserError(`there is no store at ${file}.`);
  return undefined;
}

export interface ReceivingOptions {
  readonly db: string | undefined;
  /** Absent: any free port. */
  readonly port?: number;
  readonly grpcPort?: number;
  /** Rejects where another process owns the store, instead of writing through it. */
  readonly mustOwn?: boolean;
}

/** Opens a store for receiving: as its owner, or through the process that owns it. */
export async function openForReceiving(options: ReceivingOptions): Promise<Core> {
  const { db, port, grpcPort, mustOwn = false } = options;
  const { file, explicit } = await chooseStore(db);
  if (!explicit) await ignoreLocalFolder(file);
  const core = await Core.open({
    workerFile: workerFile(),
    folders: explicit ? [] : [process.cwd()],
    alone: explicit,
    log: stderrLog,
    ingest: {
      ...{ file, grpcPort, port: port ?? 0, whenTaken: 'fail', token: createToken() },
      ...{ workspace: currentWorkspace(), allowedHosts: [], folder: process.cwd() },
      ...{ retentionBytes: defaultRetentionBytes, prices: {}, secretPatterns: [] },
    },
  });
  if (mustOwn && !core.listening) {
    const { endpoint } = core;
    await core.close();
    throw new UserError(`a window already receives for this folder, at ${endpoint}.`);
  }
  return core;
}

export function currentWorkspace(): string {
  return workspaceId(process.cwd());
}

/** Traces are nobody's to commit. */
async function ignoreLocalFolder(file: string): Promise<void> {
  const folder = dirname(dirname(file));
  if (file !== resolve('.glassbox', 'local', 'glassbox.db')) return;
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, '.gitignore'), 'local/\n', { flag: 'wx' }).catch(() => undefined);
}

function workerFile(): string {
  return join(__dirname, 'worker.js');
}

/** Warnings go to a person; the rest is for an output channel that a terminal has not. */
const stderrLog: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: (message) => process.stderr.write(`glassbox: ${message}\n`),
  error: (message) => process.stderr.write(`glassbox: ${String(message)}\n`),
};
