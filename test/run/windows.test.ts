import { mkdtempSync, rmSync, statSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { explainNoTrace, readNotes, type RunNote } from '../../src/run/notes';
import { announceWindow, findWindow, readWindows, windowsFolder } from '../../src/run/windows';
import { preferredPort, workspaceId } from '../../src/run/workspace';

let home: string;
const before = process.env.GLASSBOX_HOME;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'glassbox-home-'));
  process.env.GLASSBOX_HOME = home;
});
afterEach(() => {
  if (before === undefined) delete process.env.GLASSBOX_HOME;
  else process.env.GLASSBOX_HOME = before;
  rmSync(home, { recursive: true });
});

const window = (folder: string, pid = process.pid) => ({
  ...{
    pid,
    workspace: 'w',
    folders: [folder],
    endpoint: `http://127.0.0.1:1/w/${folder}`,
    db: `${folder}/db`,
  },
});

test('the innermost folder that holds this one owns it', async () => {
  await announceWindow('a', window('/work'));
  await announceWindow('b', window('/work/inner'));
  expect((await findWindow('/work/inner/deep'))?.folders).toEqual(['/work/inner']);
  expect((await findWindow('/work/other'))?.folders).toEqual(['/work']);
  expect(await findWindow('/work-not')).toBeUndefined();
  expect(await findWindow('/')).toBeUndefined();
});

test('only this user can read an announcement, and it can be taken back', async () => {
  const takeBack = await announceWindow('a', window('/work'));
  const [name = ''] = readdirSync(windowsFolder());
  expect(statSync(join(windowsFolder(), name)).mode & 0o777).toBe(0o600);
  expect(statSync(windowsFolder()).mode & 0o777).toBe(0o700);
  await takeBack();
  expect(await readWindows()).toEqual([]);
});

test('a dead owner and a broken file are ignored', async () => {
  const { pid } = spawnSync(process.execPath, ['-e', '']);
  await announceWindow('dead', window('/dead', pid));
  writeFileSync(join(windowsFolder(), 'broken.json'), '{');
  writeFileSync(join(windowsFolder(), 'wrong.json'), '{"pid":"1"}');
  expect(await readWindows()).toEqual([]);
});

test('a workspace has one id and one port, below the ephemeral ranges', () => {
  const id = workspaceId('/work');
  expect(id).toMatch(/^[0-9a-f]{16}$/);
  expect(workspaceId('/work')).toBe(id);
  const ports = ['/a', '/b', '/c', '/d'].map((folder) => preferredPort(workspaceId(folder)));
  expect(ports.every((port) => port >= 24180 && port < 25180)).toBe(true);
  expect(new Set(ports).size).toBeGreaterThan(1);
});

test.each<[string, readonly RunNote[], RegExp]>([
  ['nothing loaded', [], /No hook was loaded: 'ruby'/],
  ['Node too old', [{ event: 'unsupported', reason: 'Node 16 is too old' }], /Node 16/],
  ['no SDK', [{ event: 'hook-loaded' }], /no SDK that Glassbox traces/],
  [
    'no call',
    [{ event: 'hook-loaded' }, { event: 'sdk-seen', name: 'openai' }],
    /openai was loaded/,
  ],
  ['switched off', [{ event: 'tracing-disabled', reason: 'NODE_ENV=test' }], /NODE_ENV=test/],
  [
    'not delivered',
    [{ event: 'sdk-seen' }, { event: 'lost', spans: 3, reason: 'timeout' }],
    /3 spans/,
  ],
  ['elsewhere', [{ event: 'exporter-elsewhere', reason: 'to example' }], /to example/],
])('why there is no trace: %s', (_, notes, expected) => {
  const { reason, remedy } = explainNoTrace({ notes, command: ['/usr/bin/ruby'], exitCode: 0 });
  expect(reason).toMatch(expected);
  expect(remedy).not.toBe('');
});

test('notes are read as far as they are whole', async () => {
  const file = join(home, 'notes');
  writeFileSync(file, '{"event":"hook-loaded"}\n{"event":"exported","spans":2}\n{"ev');
  expect(await readNotes(file)).toEqual([
    { event: 'hook-loaded' },
    { event: 'exported', spans: 2 },
  ]);
  expect(await readNotes(join(home, 'none'))).toEqual([]);
});
