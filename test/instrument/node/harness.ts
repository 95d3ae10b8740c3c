import { copyFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { startModelServer } from '../../../examples/support-agent/model/server.mjs';
import {
  environmentOf,
  hooksFolder,
  lineWith,
  runProgram,
  type Outcome,
  type RunOptions,
} from '../runner';

export type { Outcome, RunOptions };

/** The folder with the built hook; its name holds a space on purpose. */
export const hookFolder = hooksFolder;

/** The environment a run gets, free of the one the tests run in. */
export function environment(options: RunOptions, notes: string): Record<string, string> {
  const hook = { NODE_OPTIONS: `--require "${join(hookFolder(), 'node.cjs')}"` };
  return environmentOf(options, notes, { hook });
}

/** Runs a program to its end. */
export function run(options: RunOptions): Promise<Outcome> {
  return runProgram(process.execPath, options, (notes) => environment(options, notes));
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
  return lineWith(program(name), text);
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
