import { execFile } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import * as vscode from 'vscode';

export interface Manifest {
  readonly contributes: {
    readonly commands: readonly { readonly command: string }[];
    readonly configuration: { readonly properties: Readonly<Record<string, unknown>> };
  };
}

export type Variables = Readonly<Record<string, string | undefined>>;

const scratch = mkdtempSync(join(tmpdir(), 'glassbox-suite-'));
let files = 0;

/** The extension as it is loaded here. */
export function glassbox(): vscode.Extension<unknown> {
  const extension = vscode.extensions.getExtension('glassbox.glassbox');
  if (!extension) throw new Error('glassbox.glassbox is not loaded');
  return extension;
}

/** The first workspace folder. */
export function workspaceFolder(): vscode.WorkspaceFolder {
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  if (!folder) throw new Error('The suites need a workspace folder.');
  return folder;
}

/** A path for a file that does not exist yet. */
export function scratchFile(name: string): string {
  return join(scratch, `${files++}-${name}`);
}

/** The first answer that is not undefined; asks again and again for at most 30 seconds. */
export async function eventually<Answer>(
  what: string,
  ask: () => Promise<Answer | undefined>,
): Promise<Answer> {
  const end = Date.now() + 30_000;
  while (Date.now() < end) {
    const answer = await ask().catch(() => undefined);
    if (answer !== undefined) return answer;
    await sleep(200);
  }
  throw new Error(`Not within 30 seconds: ${what}`);
}

/** A Node program that writes its own environment into a file, whole or not at all. */
export const printEnvironment = `
  const { renameSync, writeFileSync } = require('node:fs');
  const file = process.argv.at(-1);
  writeFileSync(file + '.new', JSON.stringify(process.env));
  renameSync(file + '.new', file);
`;

/** What a terminal opened now has in its environment. */
export async function terminalEnvironment(): Promise<Variables> {
  const file = scratchFile('terminal.json');
  const terminal = vscode.window.createTerminal({
    name: 'environment',
    shellPath: process.execPath,
    shellArgs: ['-e', printEnvironment, file],
    env: { ELECTRON_RUN_AS_NODE: '1' },
  });
  try {
    return await eventually('the environment of a terminal', () => readEnvironment(file));
  } finally {
    terminal.dispose();
  }
}

export async function readEnvironment(file: string): Promise<Variables> {
  return JSON.parse(await readFile(file, 'utf8')) as Variables;
}

/** The OTLP base URL that this window gives its terminals. */
export async function endpoint(): Promise<string> {
  return eventually('GLASSBOX_ENDPOINT in a terminal', async () => {
    const { GLASSBOX_ENDPOINT } = await terminalEnvironment();
    if (!GLASSBOX_ENDPOINT) return undefined;
    const answer = await fetch(`${GLASSBOX_ENDPOINT}/v1/info`);
    return answer.ok ? GLASSBOX_ENDPOINT : undefined;
  });
}

/** Runs the command line in the workspace folder, as someone would in a terminal; gives its JSON. */
export async function commandLine(...parameters: readonly string[]): Promise<unknown> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [join(glassbox().extensionPath, 'dist', 'cli.js'), ...parameters],
    {
      cwd: workspaceFolder().uri.fsPath,
      env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
      maxBuffer: 100_000_000,
    },
  );
  return JSON.parse(stdout);
}
