import { execFileSync, spawn } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { startModelServer } from '../../../examples/support-agent/model/server.mjs';

/** Runs real programs with and without the hook, as a user's terminal would. */

export interface Outcome {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Wall time; for looking at, never for a test to depend on. */
  readonly ms: number;
  /** The facts the hook noted. */
  readonly notes: readonly Readonly<Record<string, unknown>>[];
}

export interface RunOptions {
  /** Command line behind `node`, or with `command` behind that. */
  readonly args: readonly string[];
  readonly command?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Where the spans go; without it the program runs without the hook. */
  readonly endpoint?: string;
  readonly cwd?: string;
  /** Called with the child as soon as it prints this text. */
  readonly when?: { readonly text: string; readonly then: (pid: number) => void };
}

const folder = mkdtempSync(join(tmpdir(), 'glassbox hook '));
let built = false;

/** The folder with the built hook; its name holds a space on purpose. */
export function hookFolder(): string {
  if (!built) execFileSync(process.execPath, ['scripts/hooks.mjs', folder], { stdio: 'pipe' });
  built = true;
  return folder;
}

process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

/** The environment a run gets, free of the one the tests run in. */
export function environment(options: RunOptions, notes: string): Record<string, string> {
  const base: Record<string, string> = { PATH: process.env['PATH'] ?? '', HOME: tmpdir() };
  if (options.endpoint) {
    Object.assign(base, {
      GLASSBOX_ENDPOINT: options.endpoint,
      GLASSBOX_RUN_NOTES: notes,
      NODE_OPTIONS: `--require "${join(hookFolder(), 'node.cjs')}"`,
      OTEL_RESOURCE_ATTRIBUTES: 'glassbox.run.id=run-1,glassbox.workspace=%2Fhome%2Fme',
    });
  }
  return { ...base, ...options.env };
}

let runs = 0;

/** Runs a program to its end. */
export async function run(options: RunOptions): Promise<Outcome> {
  hookFolder();
  const notes = join(folder, `notes-${++runs}.jsonl`);
  const started = performance.now();
  const child = spawn(options.command ?? process.execPath, options.args, {
    cwd: options.cwd ?? process.cwd(),
    env: environment(options, notes),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    const before = stdout;
    stdout += text;
    const { when } = options;
    if (when && stdout.includes(when.text) && !before.includes(when.text))
      when.then(child.pid ?? 0);
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const [code, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((done) =>
    child.on('close', (exitCode, exitSignal) => done([exitCode, exitSignal])),
  );
  const ms = performance.now() - started;
  return { code, signal, stdout, stderr, ms, notes: readNotes(notes) };
}

function readNotes(file: string): Outcome['notes'] {
  if (!existsSync(file)) return [];
  return readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

/** A program of ours by its name. */
export function program(name: string): string {
  return resolve('test/instrument/node/programs', name);
}

/** A copy of a program in a folder of older packages, so that it finds those. */
export function programIn(place: string, name: string): string {
  if (place === '.') return program(name);
  const copy = resolve(place, name);
  copyFileSync(program(name), copy);
  return copy;
}

/** The line of a program, from 1, that holds this text. */
export function lineOf(name: string, text: string): number {
  const lines = readFileSync(program(name), 'utf8').split('\n');
  return lines.findIndex((line) => line.includes(text)) + 1;
}

/** The scripted model service, and the environment that points a program at it. */
export async function startModel(options: Parameters<typeof startModelServer>[0]) {
  const server = await startModelServer(options);
  return {
    ...server,
    env: { OPENAI_BASE_URL: server.url, OPENAI_API_KEY: 'sk-test-key-of-no-value' },
  };
}

/** Waits until something holds, for at most five seconds. */
export async function until(holds: () => boolean): Promise<void> {
  const end = performance.now() + 5_000;
  while (!holds() && performance.now() < end) await new Promise((done) => setTimeout(done, 10));
}
