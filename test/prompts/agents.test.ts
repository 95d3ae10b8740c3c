import { cpSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TraceWithObservations } from '../../src/model/trace';
import { parsePrompt } from '../../src/prompts/promptFile';
import { PromptRegistry } from '../../src/prompts/registry';
import { Desk } from '../cli/glassbox';
import { runProgram } from '../examples/program';
import { sampleVenv } from '../examples/venv';
import { Workspace } from './workspace';

/** Agents that read a labelled prompt from the file, as docs/prompts.md says. */

const sample = resolve('examples', 'support-agent');
const venv = await sampleVenv();
const python = 'python' in venv ? venv.python : undefined;
const docs = readFileSync(resolve('docs', 'prompts.md'), 'utf8');

/** The blocks of a language in the documentation. */
const blocks = (language: string) =>
  [...docs.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms'))].map(
    ([, code = '']) => code,
  );

describe('the documented three lines', () => {
  let workspace: Workspace;
  beforeAll(async () => {
    workspace = new Workspace();
    await workspace.save('orders', '{{role "system"}}\nYou are ü.\n{{role "user"}}\n{{question}}');
    await workspace.save('orders', 'Another');
    await workspace.registry.label('orders', '1', 'production');
  });
  afterAll(() => workspace.dispose());

  test('in JavaScript', async () => {
    const [lines = ''] = blocks('js');
    expect(lines.trim().split('\n')).toHaveLength(3);
    const file = join(workspace.folder, 'agent.mjs');
    const print = 'process.stdout.write(JSON.stringify([instructions, prompt.number]));';
    writeFileSync(file, `import { readFileSync } from 'node:fs';\n${lines}${print}`);
    const { stdout } = await runProgram([process.execPath, file], { cwd: workspace.folder });
    expect(JSON.parse(stdout)).toEqual(['You are ü.', 1]);
  });

  test.skipIf(!python)('in Python', async () => {
    const [lines = ''] = blocks('python');
    expect(lines.trim().split('\n')).toHaveLength(3);
    const file = join(workspace.folder, 'agent.py');
    const print = 'print(json.dumps([instructions, prompt["number"]]))';
    writeFileSync(file, `import json\nfrom pathlib import Path\n${lines}${print}`);
    const { stdout } = await runProgram([python ?? '', file], { cwd: workspace.folder });
    expect(JSON.parse(stdout)).toEqual(['You are ü.', 1]);
  });
});

test('the prompt file of the documentation has nothing wrong with it', () => {
  const file = blocks('').find((block) => block.startsWith('---'));
  expect(parsePrompt(file ?? '')).toMatchObject({ problems: [], variables: [{}, {}] });
});

test('the sample’s versions are sound, and its working copy is one of them', async () => {
  const registry = new PromptRegistry({
    workspace: sample,
    author: async () => undefined,
    now: () => 0,
  });
  const [entry] = await registry.list();
  expect(entry).toMatchObject({ name: 'orders', saved: { number: 1 }, versions: { problems: [] } });
  expect(entry?.versions.labels.get('production')?.number).toBe(1);
  expect(parsePrompt(entry?.workingCopy?.content ?? '').problems).toEqual([]);
});

describe('a trace of the sample says which version it ran with', () => {
  let desk: Desk;
  let folder: string;
  beforeAll(async () => {
    desk = new Desk();
    folder = join(desk.folder, 'sample');
    cpSync(sample, folder, {
      recursive: true,
      filter: (path) => !/[\\/](?:local|__pycache__|node_modules)$/.test(path),
    });
    // The packages of this repository: what the sample needs is among them.
    symlinkSync(resolve('node_modules'), join(folder, 'node_modules'), 'junction');
  });
  afterAll(() => desk.dispose());

  async function promptOf(...command: string[]) {
    const { stdout, stderr, code } = await desk.run(['run', '--json', '--', ...command], folder);
    expect({ code, stderr }).toMatchObject({ code: 0 });
    const { traces } = JSON.parse(stdout) as { traces: TraceWithObservations[] };
    return traces[0]?.observations.find(({ prompt }) => prompt !== undefined)?.prompt;
  }

  const hashOf = (number: number) => {
    const file = join(folder, '.glassbox', 'prompts', 'orders.versions.json');
    const { versions } = JSON.parse(readFileSync(file, 'utf8')) as { versions: { hash: string }[] };
    return versions[number - 1]?.hash;
  };

  test('in JavaScript, and after the label has moved the other one', async () => {
    const first = { name: 'orders', version: '1', hash: hashOf(1) };
    expect(await promptOf('node', 'agent.mjs')).toEqual(first);
    const file = join(folder, '.glassbox', 'prompts', 'orders.prompt');
    writeFileSync(file, readFileSync(file, 'utf8').replace('friendly', 'short'));
    for (const args of [
      ['save', 'orders'],
      ['label', 'orders', 'latest', 'production'],
    ]) {
      expect(await desk.run(['prompt', ...args], folder)).toMatchObject({ code: 0 });
    }
    expect(hashOf(2)).not.toBe(hashOf(1));
    expect(await promptOf('node', 'agent.mjs')).toEqual({
      name: 'orders',
      version: '2',
      hash: hashOf(2),
    });
  }, 120_000);

  test.skipIf(!python)(
    'in Python through Logfire',
    async () => {
      expect(await promptOf(python ?? '', 'agent.py')).toMatchObject({
        name: 'orders',
        hash: hashOf(2),
      });
    },
    120_000,
  );
});
