import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ModelServer } from '../../../examples/support-agent/model/server.mjs';
import { startCatcher, treeOf } from './catcher';
import { program, programIn, run, startModel } from './harness';

/** What `scripts/nodes.mjs` fetches. */
const wanted = ['16', '18', '20', '22', '24'].map((release) => ({
  release,
  command: resolve(`.cache/nodes/${release}/node_modules/node/bin/node`),
}));
const nodes = wanted.filter(({ command }) => existsSync(command));
const traced = nodes.filter(({ release }) => Number(release) >= 18);

const agents = [
  { sdk: '@openai/agents 0.20', folder: '.' },
  { sdk: '@openai/agents 0.1', folder: '.cache/sdks/agents-0.1' },
].filter(({ folder }) => existsSync(`${folder}/node_modules/@openai/agents`));

let model: ModelServer & { env: Record<string, string> };
beforeAll(async () => {
  model = await startModel({
    script: [
      { when: { tool: 'look' }, answer: 'I saw it.' },
      { answer: { toolCalls: [{ name: 'look', arguments: { where: 'here' } }] } },
    ],
  });
});
afterAll(() => model.close());

test('every release is there to be tested on: node scripts/nodes.mjs', () => {
  expect(nodes).toEqual(wanted);
  expect(agents).toHaveLength(2);
});

describe.each(nodes)('on Node $release', ({ release, command }) => {
  test('a program without an SDK runs as it always does', async () => {
    const catcher = await startCatcher();
    const args = [program('plain.mjs')];
    const plain = await run({ command, args });
    const hooked = await run({ command, args, endpoint: catcher.endpoint });
    const { notes, ...ending } = hooked;
    expect({ ...ending, ms: 0, notes: [] }).toEqual({ ...plain, ms: 0 });
    expect(notes.map((note) => note['event'])).toEqual([
      Number(release) >= 18 ? 'hook-loaded' : 'unsupported',
    ]);
    expect(catcher.paths).toEqual([]);
    await catcher.close();
  });
});

test.runIf(nodes.some(({ release }) => release === '16'))(
  'Node 16 is told to be too old and is left alone',
  async () => {
    const command = nodes.find(({ release }) => release === '16')?.command ?? '';
    const catcher = await startCatcher();
    const { notes } = await run({ command, args: ['-e', '0'], endpoint: catcher.endpoint });
    expect(notes.map((note) => note['event'])).toEqual(['unsupported']);
    expect(notes[0]?.['reason']).toMatch(/^Node 16\.\d+ is older than 18\.19$/);
    await catcher.close();
  },
);

const combinations = traced.flatMap((node) =>
  agents.flatMap((sdk) => ['looker.mjs', 'looker.cjs'].map((name) => ({ ...node, ...sdk, name }))),
);

test.each(combinations)('$sdk on Node $release, $name', async ({ command, folder, name }) => {
  const file = programIn(folder, name);
  const plain = await run({
    command,
    args: [file],
    env: { ...model.env, OPENAI_AGENTS_DISABLE_TRACING: '1' },
  });
  if (plain.code !== 0) return; // The SDK itself does not run there.
  const catcher = await startCatcher();
  const hooked = await run({
    command,
    args: [file],
    env: { ...model.env, GLASSBOX_LOCAL_ONLY: '1' },
    endpoint: catcher.endpoint,
  });
  expect(hooked).toMatchObject({ code: 0, stdout: plain.stdout, stderr: plain.stderr });
  expect(treeOf(catcher.spans())).toBe(`chain Agent workflow
  agent invoke_agent Looker
    generation chat gpt-5-mini
    tool execute_tool look
    generation chat gpt-5-mini`);
  await catcher.close();
});

const clients = ['openai-4', 'openai-6']
  .map((name) => join('.cache/sdks', name))
  .filter((folder) => existsSync(folder));

test.each(
  traced.flatMap((node) =>
    clients.flatMap((folder) => ['esm', 'cjs'].map((format) => ({ ...node, folder, format }))),
  ),
)('$folder on Node $release as $format', async ({ command, folder, format }) => {
  const catcher = await startCatcher();
  const hooked = await run({
    command,
    args: [program('client.mjs'), 'chat', 'chatStream', 'responses'],
    env: { ...model.env, SDK: resolve(folder), MODULE: format },
    endpoint: catcher.endpoint,
  });
  expect(hooked).toMatchObject({ code: 0, stderr: '' });
  expect(treeOf(catcher.spans())).toBe(Array(3).fill('generation chat gpt-4o-mini').join('\n'));
  await catcher.close();
});
