import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Runs real programs with and without a hook, as a user's terminal would. */

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
  /** Command line behind the interpreter, or with `command` behind that. */
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
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
let built = false;
let runs = 0;

/** The folder with the built hooks; its name holds a space on purpose. */
export function hooksFolder(): string {
  if (!built) execFileSync(process.execPath, ['scripts/hooks.mjs', folder], { stdio: 'pipe' });
  built = true;
  return folder;
}

/**
 * The environment a run gets, free of the one the tests run in: `always`, what a hooked run is
 * given, with `hook` among it, and what the run itself asks for.
 */
export function environmentOf(
  { endpoint, env }: Pick<RunOptions, 'endpoint' | 'env'>,
  notes: string,
  {
    always = {},
    hook,
  }: { always?: Readonly<Record<string, string>>; hook: Readonly<Record<string, string>> },
): Record<string, string> {
  const base = { PATH: process.env['PATH'] ?? '', HOME: tmpdir(), ...always };
  if (!endpoint) return { ...base, ...env };
  return {
    ...base,
    GLASSBOX_ENDPOINT: endpoint,
    GLASSBOX_RUN_NOTES: notes,
    OTEL_RESOURCE_ATTRIBUTES: 'glassbox.run.id=run-1,glassbox.workspace=%2Fhome%2Fme',
    ...hook,
    ...env,
  };
}

/** Runs a program to its end; `environment` is asked with the file for the hook's notes. */
export async function runProgram(
  interpreter: string,
  options: RunOptions,
  environment: (notes: string) => Record<string, string>,
): Promise<Outcome> {
  const notes = join(hooksFolder(), `notes-${++runs}.jsonl`);
  const started = performance.now();
  const child = spawn(options.command ?? interpreter, options.args, {
    cwd: options.cwd ?? process.cwd(),
    env: environment(notes),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    const before = stdout;
    stdout += text;
    const { when } = options;
    if (when && stdout.includes(when.text) && !before.includes(when.text)) {
      when.then(child.pid ?? 0);
    }
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

/** The line of a file, from 1, that holds this text. */
export function lineWith(file: string, text: string): number {
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines.findIndex((line) => line.includes(text)) + 1;
}
