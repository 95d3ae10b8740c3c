import { chmod, copyFile, mkdir, readdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Programs of the user's load our hooks from here for as long as their terminals live, so the
 * files have one stable place and are replaced by renaming, never removed.
 */
export interface InstalledHooks {
  readonly hooksFolder: string;
  /** Holds `glassbox`, and `glassbox-node`, which runs Node scripts on the editor's own Node. */
  readonly binFolder: string;
}

export function hookFolders(globalStorage: string): InstalledHooks {
  return { hooksFolder: join(globalStorage, 'hooks'), binFolder: join(globalStorage, 'bin') };
}

/** Copies `dist/hooks` and writes the command line's shims. */
export async function installHooks(dist: string, folders: InstalledHooks): Promise<void> {
  await copyTree(join(dist, 'hooks'), folders.hooksFolder);
  await mkdir(folders.binFolder, { recursive: true });
  const node = process.execPath;
  const cli = join(dist, 'cli.js');
  await shim(join(folders.binFolder, 'glassbox'), node, cli);
  await shim(join(folders.binFolder, 'glassbox-node'), node);
}

export function nodeShim({ binFolder }: InstalledHooks): string {
  return join(binFolder, process.platform === 'win32' ? 'glassbox-node.cmd' : 'glassbox-node');
}

async function copyTree(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const source = join(from, entry.name);
    const target = join(to, entry.name);
    if (entry.isDirectory()) await copyTree(source, target);
    else await replace(target, (file) => copyFile(source, file));
  }
}

/** A shell script and, for Windows, a command file; `ELECTRON_RUN_AS_NODE` makes Electron a Node. */
async function shim(file: string, node: string, script?: string): Promise<void> {
  const words = script === undefined ? `"${node}"` : `"${node}" "${script}"`;
  if (process.platform === 'win32') {
    const text = `@echo off\r\nset ELECTRON_RUN_AS_NODE=1\r\n${words} %*\r\n`;
    await replace(`${file}.cmd`, (path) => writeFile(path, text));
    return;
  }
  const text = `#!/bin/sh\nELECTRON_RUN_AS_NODE=1 exec ${words} "$@"\n`;
  await replace(file, async (path) => {
    await writeFile(path, text);
    await chmod(path, 0o755);
  });
}

async function replace(file: string, write: (path: string) => Promise<void>): Promise<void> {
  const fresh = `${file}.${process.pid}.new`;
  await write(fresh);
  await rename(fresh, file);
}
