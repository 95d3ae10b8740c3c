import { join, resolve } from 'node:path';
import {
  environmentOf,
  hooksFolder,
  lineWith,
  runProgram,
  type Outcome,
  type RunOptions,
} from '../runner';
import { pythonWithPackages } from './venv';

export type { Outcome, RunOptions };

export const python = pythonWithPackages('requirements.txt');
/** The oldest releases that are supported. */
export const oldest = pythonWithPackages('requirements-oldest.txt');
if (python.missing) process.stderr.write(`Python is tested in part: ${python.missing}\n`);

/** For `beforeAll` and tests that run programs: importing the SDKs takes seconds. */
export const patience = 120_000;

/** The folder that goes into PYTHONPATH; its name holds a space on purpose. */
export function hookFolder(): string {
  return join(hooksFolder(), 'python');
}

/** The environment a run gets, free of the one the tests run in. */
export function environment(options: RunOptions, notes: string): Record<string, string> {
  return environmentOf(options, notes, {
    // Logfire would otherwise load with every program that uses pydantic, for it is installed.
    always: { PYDANTIC_DISABLE_PLUGINS: '__all__' },
    hook: { PYTHONPATH: hookFolder() },
  });
}

/** Runs a program to its end. */
export function run(options: RunOptions): Promise<Outcome> {
  return runProgram(python.executable, options, (notes) => environment(options, notes));
}

/** A program of ours by its name. */
export function program(name: string): string {
  return resolve('test/instrument/python/programs', name);
}

/** The line of a program, from 1, that holds this text. */
export function lineOf(name: string, text: string): number {
  return lineWith(program(name), text);
}

/** Waits until something holds, for at most `ms`. */
export async function until(holds: () => boolean, ms = 5_000): Promise<void> {
  const end = performance.now() + ms;
  while (!holds() && performance.now() < end) await new Promise((done) => setTimeout(done, 10));
}
