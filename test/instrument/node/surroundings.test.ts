import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, afterEach, expect, test } from 'vitest';
import type { ModelServer } from '../../../examples/support-agent/model/server.mjs';
import { spanNamed, startCatcher, textAt, treeOf, type Catcher } from './catcher';
import { hookFolder, lineOf, program, run, startModel, type RunOptions } from './harness';

let model: ModelServer & { env: Record<string, string> };
let catcher: Catcher;
beforeAll(async () => {
  model = await startModel({ script: [{ answer: 'hello' }] });
});
afterAll(() => model.close());
beforeEach(async () => {
  catcher = await startCatcher();
});
afterEach(() => catcher.close());

/** Runs with and without the hook; returns the run with it after comparing. */
async function compare(options: RunOptions) {
  const env = { ...model.env, ...options.env };
  const plain = await run({ ...options, env });
  const hooked = await run({ ...options, env, endpoint: catcher.endpoint });
  const ending = ({ code, stdout, stderr }: typeof plain) => ({
    code,
    stdout: stdout.replace(/duration_ms:? [\d.]+/g, ''),
    stderr,
  });
  expect(ending(hooked)).toEqual(ending(plain));
  return hooked;
}

test('a thread that ends by process.exit() loses nothing and keeps its number', async () => {
  const { stdout, notes } = await compare({ args: [program('threads.mjs')] });
  expect(stdout).toBe('thread 1\nended 5\n');
  expect(treeOf(catcher.spans())).toBe('generation chat gpt-5-mini');
  expect(notes.filter((note) => note['event'] === 'hook-loaded')).toHaveLength(1);
});

test('two copies of a package are both seen', async () => {
  await compare({ args: [program('copies.mjs')] });
  expect(treeOf(catcher.spans())).toBe('generation chat gpt-5-mini\ngeneration chat gpt-5-mini');
});

test('node --test, with mocked timers and a fetch of its own', async () => {
  const args = ['--test', '--test-reporter=tap', program('suite.test.mjs')];
  const { code } = await compare({ args });
  expect(code).toBe(0);
  expect(treeOf(catcher.spans())).toBe('generation chat gpt-5-mini\ngeneration chat mocked');
});

test('npm run', async () => {
  const cwd = program('package');
  const npm = execFileSync('which', ['npm'], { encoding: 'utf8' }).trim();
  const { code } = await compare({ command: npm, args: ['run', '--silent', 'agent'], cwd });
  expect(code).toBe(0);
  expect(treeOf(catcher.spans())).toBe('generation chat gpt-5-mini\ngeneration chat gpt-5-mini');
  expect(catcher.spans()[0]?.resource['service.name']).toBe('my-agent');
});

test('TypeScript run by Node itself', async () => {
  await compare({ args: [program('typed.mts')] });
  expect(spanNamed(catcher.spans(), 'chat gpt-5-mini').attributes).toMatchObject({
    'code.file.path': program('typed.mts'),
    'code.line.number': lineOf('typed.mts', 'await new OpenAI()'),
    'code.function.name': 'ask',
  });
});

test('a program bundled by esbuild, with source maps', async () => {
  const bundle = join(hookFolder(), 'bundled.mjs');
  execFileSync('npx', [
    'esbuild',
    program('looker.mjs'),
    '--bundle',
    '--platform=node',
    '--format=esm',
    `--outfile=${bundle}`,
    '--sourcemap=inline',
    '--log-level=error',
    '--banner:js=import { createRequire } from "node:module"; const require = createRequire(import.meta.url);',
  ]);
  const args = ['--enable-source-maps', bundle];
  const { stdout } = await run({
    args,
    env: { ...model.env, GLASSBOX_LOCAL_ONLY: '1' },
    endpoint: catcher.endpoint,
  });
  expect(stdout).toBe('hello\n');
  expect(treeOf(catcher.spans())).toBe(`chain Agent workflow
  agent invoke_agent Looker
    generation chat gpt-5-mini-2025-08-07`);
  const call = spanNamed(catcher.spans(), 'chat gpt-5-mini-2025-08-07');
  // No module is recognisable there, so this comes from the SDK's spans alone.
  expect(textAt(call, 'gen_ai.input.messages')).toContain('hello');
  expect(textAt(call, 'gen_ai.output.messages')).toContain('hello');
  expect(call.attributes['gen_ai.usage.input_tokens']).toBeGreaterThan(0);
  expect(call.attributes['glassbox.request.body']).toBeUndefined();
});

test('without an endpoint it does nothing at all', async () => {
  const env = { NODE_OPTIONS: `--require "${join(hookFolder(), 'node.cjs')}"` };
  const { code, notes } = await run({
    args: ['-p', 'Symbol.for("glassbox.node") in globalThis'],
    env,
  });
  expect({ code, notes }).toEqual({ code: 0, notes: [] });
});

test('switched-off tracing is noted, and calls are still seen', async () => {
  const { notes } = await run({
    args: [program('looker.mjs')],
    env: { ...model.env, OPENAI_AGENTS_DISABLE_TRACING: '1' },
    endpoint: catcher.endpoint,
  });
  expect(notes).toContainEqual({
    event: 'tracing-disabled',
    reason: 'OPENAI_AGENTS_DISABLE_TRACING=1',
  });
  expect(treeOf(catcher.spans())).toBe('generation chat gpt-5-mini');
});

test('notes that cannot be written disturb nothing', async () => {
  const env = { ...model.env, GLASSBOX_RUN_NOTES: '/nowhere/at/all/notes.jsonl' };
  const { code, stderr } = await run({
    args: [program('copies.mjs')],
    env,
    endpoint: catcher.endpoint,
  });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
});
