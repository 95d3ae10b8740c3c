import { fork } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { withLock } from '../../src/prompts/lock';
import { Workspace } from './workspace';

let workspace: Workspace;
beforeEach(() => void (workspace = new Workspace()));
afterEach(() => workspace.dispose());

const numbers = async (name = 'p') =>
  (await workspace.registry.entry(name)).versions.versions.map(({ number }) => number);

test('an empty workspace has no prompts', async () => {
  expect(await workspace.registry.list()).toEqual([]);
});

test('save, change, save: two versions with author, note and time', async () => {
  expect((await workspace.save('p', 'One', 'first')).created).toBe(true);
  expect((await workspace.save('p', 'Two')).version.number).toBe(2);
  const [entry] = await workspace.registry.list();
  expect(entry).toMatchObject({
    name: 'p',
    saved: { number: 2 },
    versions: {
      versions: [
        { number: 1, content: 'One', author: 'Ada', note: 'first', time: 1_770_000_000_000_000 },
        { number: 2, content: 'Two', author: 'Ada' },
      ],
    },
  });
});

test('saving the same again makes no version and does not touch the file', async () => {
  await workspace.save('p', 'One');
  await workspace.save('p', 'Two');
  const before = workspace.read('p.versions.json');
  const { version, created } = await workspace.save('p', 'One\r\n');
  expect({ number: version.number, created }).toEqual({ number: 1, created: false });
  expect(workspace.read('p.versions.json')).toBe(before);
});

test('the folder gets a .gitignore for what is local', async () => {
  await workspace.save('p', 'One');
  expect(readdirSync(join(workspace.folder, '.glassbox')).sort()).toEqual([
    '.gitignore',
    'local',
    'prompts',
  ]);
  expect(workspace.read('../.gitignore')).toBe('local/\n');
  expect(readdirSync(workspace.path('.')).sort()).toEqual(['p.prompt', 'p.versions.json']);
});

test('a prompt with errors is not saved', async () => {
  await expect(workspace.save('p', 'a\n{{#if x}}')).rejects.toThrow(
    '.glassbox/prompts/p.prompt:2:1: The template cannot be read',
  );
  expect(existsSync(workspace.path('p.versions.json'))).toBe(false);
});

describe('labels', () => {
  test('move, and say where they were', async () => {
    await workspace.save('p', 'One');
    await workspace.save('p', 'Two');
    expect((await workspace.registry.label('p', '1', 'production')).before).toBeUndefined();
    const moved = await workspace.registry.label('p', 'latest', 'production');
    expect([moved.before?.number, moved.version.number]).toEqual([1, 2]);
    expect((await workspace.registry.show('p', 'production')).content).toBe('Two');
    expect((await workspace.registry.show('p', '2')).labels).toEqual(['production', 'latest']);
    await workspace.registry.removeLabel('p', 'production');
    await expect(workspace.registry.show('p', 'production')).rejects.toThrow(/no version or label/);
  });

  test('need a version', async () => {
    workspace.write('p.prompt', 'One');
    await expect(workspace.registry.label('p', '1', 'x')).rejects.toThrow(/no versions yet/);
    await expect(workspace.registry.label('q', '1', 'x')).rejects.toThrow(/no prompt 'q'.*are p/);
    expect(existsSync(workspace.path('p.versions.json'))).toBe(false);
  });
});

describe('what is shown', () => {
  test('the working copy, which may be no version', async () => {
    await workspace.save('p', 'One');
    workspace.write('p.prompt', 'Changed');
    expect(await workspace.registry.show('p')).toMatchObject({ content: 'Changed', labels: [] });
    expect((await workspace.registry.show('p')).version).toBeUndefined();
  });
  test('the latest version where the working copy is gone', async () => {
    await workspace.save('p', 'One');
    await workspace.registry.restore('p', '1');
    const { rmSync } = await import('node:fs');
    rmSync(workspace.path('p.prompt'));
    expect(await workspace.registry.show('p')).toMatchObject({
      content: 'One',
      version: { number: 1 },
    });
    expect((await workspace.registry.list()).map(({ name }) => name)).toEqual(['p']);
  });
  test('two versions to compare', async () => {
    await workspace.save('p', 'One');
    await workspace.save('p', 'Two');
    workspace.write('p.prompt', 'Three');
    expect(await workspace.registry.diff('p', '1', undefined)).toEqual({
      before: 'One',
      after: 'Three',
    });
  });
});

test('restore puts a version back, but not over what is not saved', async () => {
  await workspace.save('p', 'One');
  await workspace.save('p', 'Two');
  workspace.write('p.prompt', 'Three');
  await expect(workspace.registry.restore('p', '1')).rejects.toThrow(/not saved as a version/);
  expect(workspace.read('p.prompt')).toBe('Three');
  await workspace.registry.restore('p', '1', true);
  expect(workspace.read('p.prompt')).toBe('One');
  expect(await numbers()).toEqual([1, 2]);
});

describe('turns', () => {
  const turns = [
    { role: 'assistant', parts: [{ type: 'toolCall', id: 'c', name: 't', arguments: {} }] },
    { role: 'tool', parts: [{ type: 'toolResult', id: 'c', result: [1] }] },
  ];
  const prompt = '---\nglassbox.messages: p.messages.json\n---\n{{role "system"}}\nHi';
  beforeEach(() => {
    workspace.write('p.messages.json', JSON.stringify({ version: 1, messages: turns }));
  });

  test('belong to a version and come back with it, under another name too', async () => {
    const { version } = await workspace.save('p', prompt);
    expect(version.turns).toEqual(turns);
    await workspace.registry.rename('p', 'q');
    expect(readdirSync(workspace.path('.')).sort()).toEqual([
      ...['q.messages.json', 'q.prompt', 'q.versions.json'],
    ]);
    expect(workspace.read('q.prompt')).toContain('glassbox.messages: q.messages.json');
    expect((await workspace.registry.entry('q')).saved?.hash).toBe(version.hash);
    workspace.write('q.messages.json', '[]');
    await workspace.registry.restore('q', '1', true);
    const shown = await workspace.registry.show('q');
    const { prompt: rendered } = await workspace.registry.render(shown, {});
    expect(rendered.messages.map(({ role }) => role)).toEqual(['system', 'assistant', 'tool']);
  });

  test.each([
    ['gone', 'glassbox.messages: q.messages.json', /q.messages.json is not there/],
    ['a path', 'glassbox.messages: ../../../secret.messages.json', /must be a file beside/],
    ['any file', 'glassbox.messages: agents.json', /must be a file beside/],
  ])('that are %s are a problem', async (_name, line, message) => {
    workspace.write('p.prompt', `---\n${line}\n---\nHi`);
    expect((await workspace.registry.show('p')).problems).toEqual([expect.stringMatching(message)]);
    await expect(workspace.registry.save('p')).rejects.toThrow(message);
  });
});

describe('rename', () => {
  test('takes versions and labels along', async () => {
    await workspace.save('p', 'One');
    await workspace.registry.label('p', '1', 'production');
    await workspace.registry.rename('p', 'q');
    expect((await workspace.registry.list()).map(({ name }) => name)).toEqual(['q']);
    expect((await workspace.registry.show('q', 'production')).content).toBe('One');
  });
  test('not onto another prompt', async () => {
    await workspace.save('p', 'One');
    await workspace.save('q', 'Other');
    await expect(workspace.registry.rename('p', 'q')).rejects.toThrow(
      "there is a prompt 'q' already.",
    );
  });
});

describe('a versions file that cannot be read', () => {
  test.each([
    ['broken', '{"version": 1,\n"versions": [', 'p.versions.json:2:14: The file is not JSON'],
    [
      'of a later release',
      '{"version": 2, "versions": []}',
      'p.versions.json:1:1: The file was written',
    ],
  ])('%s: told with its place and left alone', async (_name, text, message) => {
    workspace.write('p.prompt', 'One');
    workspace.write('p.versions.json', text);
    await expect(workspace.registry.save('p')).rejects.toThrow(message);
    await expect(workspace.registry.label('p', '1', 'x')).rejects.toThrow(message);
    expect(workspace.read('p.versions.json')).toBe(text);
    const [entry] = await workspace.registry.list();
    expect(entry?.versions.problems[0]).toContain(message);
  });

  test('a disputed label is moved, nothing else is written before', async () => {
    const git = await workspace.save('p', 'One').then(() => workspace.read('p.versions.json'));
    await workspace.save('p', 'Two');
    await workspace.registry.label('p', '1', 'production');
    const ours = workspace.read('p.versions.json');
    workspace.write('p.versions.json', git);
    await workspace.save('p', 'Other');
    await workspace.registry.label('p', '2', 'production');
    const theirs = workspace.read('p.versions.json');
    const text = `<<<<<<< HEAD\n${ours}=======\n${theirs}>>>>>>> them\n`;
    workspace.write('p.versions.json', text);
    await expect(workspace.save('p', 'Four')).rejects.toThrow(
      /Two branches moved the label 'production'/,
    );
    expect(workspace.read('p.versions.json')).toBe(text);
    await workspace.registry.label('p', '3', 'production');
    const { versions } = await workspace.registry.entry('p');
    expect(versions.versions.map(({ content }) => content)).toEqual(['One', 'Two', 'Other']);
    expect(versions.labels.get('production')?.content).toBe('Other');
    expect(versions.problems).toEqual([]);
  });
});

describe('names', () => {
  test.each([
    '../p',
    'a/b',
    'a\\b',
    '/etc/p',
    '..',
    '.p',
    '',
    ' p',
    'p ',
    'p.',
    'a@1',
    'C:p',
    'con',
    'a\0b',
    'a\nb',
  ])('%j is refused everywhere', async (name) => {
    const { registry } = workspace;
    for (const attempt of [
      () => registry.save(name),
      () => registry.show(name),
      () => registry.label(name, '1', 'x'),
      () => registry.rename('p', name),
      () => registry.saveContent(name, { content: 'x' }),
      () => registry.writeWorkingCopy(name, { content: 'x' }),
    ]) {
      await expect(attempt()).rejects.toThrow(/cannot be the name of a prompt/);
    }
  });
  test.each(['orders', 'Orders v2', 'zamówienia', 'a.b', '注文'])('%s is a name', async (name) => {
    expect((await workspace.save(name, 'Hi')).created).toBe(true);
    expect((await workspace.registry.list()).map((entry) => entry.name)).toEqual([name]);
  });
});

describe('links', () => {
  let outside: Workspace;
  beforeEach(() => void (outside = new Workspace()));
  afterEach(() => outside.dispose());

  test('that lead out of the workspace are neither read nor written', async () => {
    outside.write('secret', 'One');
    workspace.write('q.prompt', 'One');
    symlinkSync(outside.path('secret'), workspace.path('p.prompt'));
    symlinkSync(outside.path('secret'), workspace.path('q.versions.json'));
    await expect(workspace.registry.show('p')).rejects.toThrow(/leads out of the workspace/);
    await expect(workspace.registry.save('q')).rejects.toThrow(/leads out of the workspace/);
    await expect(workspace.registry.writeWorkingCopy('p', { content: 'Two' })).rejects.toThrow(
      /leads out of the workspace/,
    );
    expect(outside.read('secret')).toBe('One');
  });

  test('a folder that leads out is not written into', async () => {
    mkdirSync(join(outside.folder, 'target'));
    symlinkSync(join(outside.folder, 'target'), join(workspace.folder, '.glassbox'));
    await expect(workspace.registry.saveContent('p', { content: 'x' })).rejects.toThrow(
      /leads out of the workspace/,
    );
    expect(readdirSync(join(outside.folder, 'target'))).toEqual([]);
  });

  test('inside the workspace stay links', async () => {
    workspace.write('p.prompt', 'One');
    writeFileSync(join(workspace.folder, 'shared.prompt'), 'Old');
    symlinkSync(join(workspace.folder, 'shared.prompt'), workspace.path('q.prompt'));
    await workspace.registry.writeWorkingCopy('q', { content: 'New' });
    expect(lstatSync(workspace.path('q.prompt')).isSymbolicLink()).toBe(true);
    expect((await workspace.registry.show('q')).content).toBe('New');
  });
});

describe('several writers', () => {
  test('of one process lose nothing', async () => {
    const registries = [workspace.open('Ada'), workspace.open('Bob'), workspace.open(undefined)];
    await Promise.all(
      Array.from({ length: 12 }, (_, index) =>
        registries[index % 3]!.saveContent('p', { content: `Text ${index}` }),
      ),
    );
    expect(await numbers()).toEqual(Array.from({ length: 12 }, (_, index) => index + 1));
  });

  test('of several processes lose nothing', async () => {
    const program = join(workspace.folder, 'writer.cjs');
    await build({
      stdin: {
        contents: `
          import { PromptRegistry } from './src/prompts/registry';
          const registry = new PromptRegistry({ workspace: process.argv[2], author: async () => undefined, now: () => Date.now() * 1000 });
          void (async () => {
            for (let i = 0; i < 5; i++) await registry.saveContent('p', { content: process.argv[3] + i });
          })();`,
        resolveDir: process.cwd(),
        loader: 'ts',
      },
      ...{ bundle: true, platform: 'node', format: 'cjs', outfile: program, logLevel: 'error' },
    });
    const children = ['a', 'b', 'c'].map((name) => fork(program, [workspace.folder, name]));
    const codes = await Promise.all(
      children.map(async (child) => ((await once(child, 'exit')) as [number])[0]),
    );
    expect(codes).toEqual([0, 0, 0]);
    expect(await numbers()).toEqual(Array.from({ length: 15 }, (_, index) => index + 1));
    expect(readdirSync(workspace.path('.'))).toEqual(['p.versions.json']);
  });

  test('a lock left by a process that died is taken away', async () => {
    const lock = join(workspace.folder, 'x.lock');
    writeFileSync(lock, 'somebody');
    await expect(withLock(lock, async () => 1, { staleMs: 60_000, waitMs: 50 })).rejects.toThrow(
      /another program holds/,
    );
    utimesSync(lock, new Date(0), new Date(0));
    expect(await withLock(lock, async () => 1)).toBe(1);
    expect(readdirSync(workspace.folder)).toEqual([]);
  });
});
