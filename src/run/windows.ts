import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { isAbsolute, join, relative } from 'node:path';
import { isRecord } from '../model/value';

/**
 * Who owns which store on this machine: a small file for each owner under `~/.glassbox/windows`,
 * readable by this user only, ignored once its process is dead.
 */

export interface Window {
  readonly pid: number;
  /** The id of its workspace. */
  readonly workspace: string;
  readonly folders: readonly string[];
  /** The OTLP base URL, token included. */
  readonly endpoint: string;
  /** The store's database file. */
  readonly db: string;
}

/** The folder of the files; `GLASSBOX_HOME` moves it. */
export function windowsFolder(home = process.env.GLASSBOX_HOME): string {
  return join(home ?? join(homedir(), '.glassbox'), 'windows');
}

/** Announces an owner; the result takes the announcement back. */
export async function announceWindow(id: string, window: Window): Promise<() => Promise<void>> {
  const folder = windowsFolder();
  const file = join(folder, `${id}-${window.pid}.json`);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeFile(file, JSON.stringify(window), { mode: 0o600 });
  return () => rm(file, { force: true });
}

/** Every owner whose process lives. */
export async function readWindows(): Promise<readonly Window[]> {
  const folder = windowsFolder();
  const names = await readdir(folder).catch(() => []);
  const windows = await Promise.all(
    names.filter((name) => name.endsWith('.json')).map((name) => readWindow(join(folder, name))),
  );
  return windows.flatMap((window) => (window && isAlive(window.pid) ? window : []));
}

/** The owner whose folder holds this one, the innermost if several do. */
export async function findWindow(folder: string): Promise<Window | undefined> {
  const depthOf = (window: Window) =>
    Math.max(
      -1,
      ...window.folders.filter((root) => holds(root, folder)).map((root) => root.length),
    );
  const holding = (await readWindows()).filter((window) => depthOf(window) >= 0);
  return holding.sort((a, b) => depthOf(b) - depthOf(a))[0];
}

async function readWindow(file: string): Promise<Window | undefined> {
  try {
    const value: unknown = JSON.parse(await readFile(file, 'utf8'));
    return isWindow(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isWindow(value: unknown): value is Window {
  return (
    isRecord(value) &&
    typeof value.pid === 'number' &&
    typeof value.workspace === 'string' &&
    typeof value.endpoint === 'string' &&
    typeof value.db === 'string' &&
    Array.isArray(value.folders) &&
    value.folders.every((folder) => typeof folder === 'string')
  );
}

function holds(root: string, folder: string): boolean {
  const path = relative(root, folder);
  return path === '' || (!path.startsWith('..') && !isAbsolute(path));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // A process of another user lives, though it may not be signalled.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
