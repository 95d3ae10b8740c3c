import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Desk } from './glassbox';

let desk: Desk;
beforeEach(() => void (desk = new Desk()));
afterEach(() => desk.dispose());

const source = `---
model: openai/gpt-5-mini
config: { temperature: 0.2 }
input:
  schema: { shop: string, count: integer }
  default: { shop: Pine & Parcel }
toolDefs:
  - name: lookup_order
    description: Looks up an order.
    inputSchema: { type: object, properties: { id: { type: string } } }
---
{{role "system"}}
You speak for {{shop}}.
{{role "user"}}
Orders: {{count}}
`;

function write(name: string, text: string): void {
  mkdirSync(join(desk.folder, '.glassbox', 'prompts'), { recursive: true });
  writeFileSync(join(desk.folder, '.glassbox', 'prompts', name), text);
}

function versionsFile(): {
  labels: Record<string, string>;
  versions: { hash: string; author?: string }[];
} {
  const file = join(desk.folder, '.glassbox', 'prompts', 'orders.versions.json');
  return JSON.parse(readFileSync(file, 'utf8')) as ReturnType<typeof versionsFile>;
}

async function ok(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await desk.run(['prompt', ...args]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout;
}

test('from a file to a labelled version', async () => {
  write('orders.prompt', source);
  expect(await ok('list')).toBe('orders  not saved\n');
  expect(await ok('save', 'orders', '--note', 'first')).toMatch(
    /^Saved orders as version 1 \([0-9a-f]{8}\)\.\n$/,
  );
  expect(await ok('save', 'orders')).toMatch(/^Nothing changed: orders is version 1 /);
  write('orders.prompt', source.replace('speak', 'answer'));
  expect(await ok('list')).toBe('orders  version 1  file changed since\n');
  await ok('save', 'orders');
  expect(await ok('label', 'orders', '1', 'production')).toMatch(
    /^production is on version 1 of orders \([0-9a-f]{8}\)\.\n$/,
  );
  expect(await ok('label', 'orders', 'latest', 'production')).toMatch(
    /on version 2 of orders \([0-9a-f]{8}\), before on version 1\.\n$/,
  );
  expect(await ok('list')).toBe('orders  version 2  production 2\n');
  expect(JSON.parse(await ok('list', '--json'))).toEqual({
    prompts: [{ name: 'orders', version: 2, latest: 2, labels: { production: 2 }, problems: [] }],
  });
  const { labels, versions } = versionsFile();
  expect(labels.production).toBe(versions[1]?.hash);
});

test('show --json has exactly the documented shape', async () => {
  write('orders.prompt', source);
  await ok('save', 'orders');
  await ok('label', 'orders', '1', 'production');
  const shown = await ok(
    'show',
    'orders@production',
    '--json',
    '--var',
    'count=3',
    '--var',
    'shop=A=B',
  );
  expect(JSON.parse(shown)).toEqual({
    name: 'orders',
    version: 1,
    hash: versionsFile().versions[0]?.hash,
    labels: ['production', 'latest'],
    model: 'openai/gpt-5-mini',
    config: { temperature: 0.2 },
    tools: [
      {
        name: 'lookup_order',
        description: 'Looks up an order.',
        parameters: { type: 'object', properties: { id: { type: 'string' } } },
      },
    ],
    messages: [
      { role: 'system', parts: [{ type: 'text', text: 'You speak for A=B.' }] },
      { role: 'user', parts: [{ type: 'text', text: 'Orders: 3' }] },
    ],
  });
});

test('show gives the file, or with values the messages, and says what is missing', async () => {
  write('orders.prompt', source);
  expect(await ok('show', 'orders')).toBe(source);
  expect(await ok('show', 'orders', '--var', 'count=3')).toBe(
    'system:\nYou speak for Pine & Parcel.\n\nuser:\nOrders: 3\n\n',
  );
  const missing = await desk.run(['prompt', 'show', 'orders', '--json']);
  expect(missing).toMatchObject({
    code: 0,
    stderr: "glassbox: The variable 'count' has no value.\n",
  });
  expect(JSON.parse(missing.stdout)).toMatchObject({ version: null, labels: [] });
});

test('works from a folder below, and not from one above', async () => {
  write('orders.prompt', 'Hi');
  const below = join(desk.folder, 'src', 'deep');
  mkdirSync(below, { recursive: true });
  const { stdout } = await desk.run(['prompt', 'list'], below);
  expect(stdout).toBe('orders  not saved\n');
  mkdirSync(join(desk.folder, 'other', '.glassbox', 'prompts'), { recursive: true });
  const empty = await desk.run(['prompt', 'list'], join(desk.folder, 'other'));
  expect(empty).toEqual({ code: 0, stdout: '', stderr: 'No prompts in .glassbox/prompts.\n' });
});

test('the author is the one git knows', async () => {
  const git = (...args: string[]) => execFileSync('git', args, { cwd: desk.folder, env: desk.env });
  git('init', '-q');
  git('config', 'user.name', 'Ada');
  write('orders.prompt', 'Hi');
  await ok('save', 'orders');
  expect(versionsFile().versions[0]?.author).toBe('Ada');
});

describe('wrong use', () => {
  test.each([
    ['no action', [], /^glassbox: usage: glassbox prompt list/],
    ['an unknown action', ['drop', 'orders'], /^glassbox: usage: /],
    ['an action named like a method', ['toString'], /^glassbox: usage: /],
    ['no name', ['save'], /^glassbox: usage: /],
    ['no label', ['label', 'orders', '1'], /^glassbox: usage: /],
    ['too many words', ['show', 'orders', 'x'], /^glassbox: usage: /],
    ['an unknown option', ['list', '--all'], /Unknown option '--all'/],
    [
      'an unknown prompt',
      ['show', 'refunds'],
      /there is no prompt 'refunds' .*\(there are orders\)/,
    ],
    [
      'an unknown version',
      ['show', 'orders@7'],
      /has no versions yet: 'glassbox prompt save orders'/,
    ],
    ['a path', ['show', '../../secret'], /cannot be the name of a prompt/],
    ['a value without a name', ['show', 'orders', '--var', 'x'], /--var takes a name and a value/],
  ])('%s', async (_name, args, message) => {
    write('orders.prompt', 'Hi');
    const { code, stdout, stderr } = await desk.run(['prompt', ...args]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(message);
    expect(existsSync(join(desk.folder, '.glassbox', 'prompts', 'orders.versions.json'))).toBe(
      false,
    );
  });

  test('a broken versions file is told with its place and left alone', async () => {
    write('orders.prompt', 'Hi');
    write('orders.versions.json', '{"versions": [}');
    const { code, stderr } = await desk.run(['prompt', 'save', 'orders']);
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /^glassbox: \.glassbox\/prompts\/orders\.versions\.json:1:15: The file is not JSON/,
    );
    expect(() => versionsFile()).toThrow();
  });
});
