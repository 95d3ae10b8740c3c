import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Outcome } from '../node/harness';
import { pythonWithPackages } from './venv';

/** Runs real Python programs with and without the hook, as a user's terminal would. */

export interface RunOptions {
  /** Command line behind the interpreter. */
  readonly args: readonly string[];
  /** Another interpreter than the one with the packages. */
  readonly command?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Where the spans go; without it the program runs without the hook. */
  readonly endpoint?: string;
  readonly cwd?: string;
  /** Called with the child as soon as it prints this text. */
  readonly when?: { readonly text: string; readonly then: (pid: number) => void };
}

export const python = pythonWithPackages('requirements.txt');
/** The oldest releases that are supported. */
export const oldest = pythonWithPackages('requirements-oldest.txt');
if (python.missing) process.stderr.write(`Python is tested in part: ${python.missing}\n`);

/** For `beforeAll` and tests that run programs: importing the SDKs takes seconds. */
export const patience = 120_000;

const folder = mkdtempSync(join(tmpdir(), 'glassbox python '));
let built = false;
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

/** The folder that goes into PYTHONPATH; its name holds a space on purpose. */
export function hookFolder(): string {
  if (!built) execFileSync(process.execPath, ['scripts/hooks.mjs', folder], { stdio: 'pipe' });
  built = true;
  return join(folder, 'python');
}

/** The environment a run gets, free of the one the tests run in. */
export function environment(options: RunOptions, notes: string): Record<string, string> {
  const base: Record<string, string> = {
    PATH: process.env['PATH'] ?? '',
    HOME: tmpdir(),
    // Logfire would otherwise load with every program that uses pydantic, for it is installed.
    PYDANTIC_DISABLE_PLUGINS: '__all__',
  };
  if (options.endpoint) {
    Object.assign(base, {
      GLASSBOX_ENDPOINT: options.endpoint,
      GLASSBOX_RUN_NOTES: notes,
      PYTHONPATH: hookFolder(),
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
  const child = spawn(options.command ?? python.executable, options.args, {
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
  return resolve('test/instrument/python/programs', name);
}

/** The line of a program, from 1, that holds this text. */
export function lineOf(name: string, text: string): number {
  const lines = readFileSync(program(name), 'utf8').split('\n');
  return lines.findIndex((line) => line.includes(text)) + 1;
}

/** Waits until something holds, for at most `ms`. */
export async function until(holds: () => boolean, ms = 5_000): Promise<void> {
  const end = performance.now() + ms;
  while (!holds() && performance.now() < end) await new Promise((done) => setTimeout(done, 10));
}
