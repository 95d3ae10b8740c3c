import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { commands } from '../src/extension/commands';

/** What package.json promises is what the code keeps, and the other way round. */

vi.mock('vscode', () => {
  // Modules of the extension make icons and the like as they load; nothing here looks at them.
  const anything: unknown = new Proxy(class {}, { get: () => anything, has: () => true });
  return { ThemeIcon: anything, ThemeColor: anything, workspace: anything, window: anything };
});

interface Item {
  readonly command?: string;
  readonly when?: string;
  readonly icon?: string;
}

interface Manifest {
  readonly version: string;
  readonly icon: string;
  readonly main: string;
  readonly bin: Readonly<Record<string, string>>;
  readonly activationEvents: readonly string[];
  readonly capabilities: {
    readonly untrustedWorkspaces: { readonly restrictedConfigurations: readonly string[] };
  };
  readonly contributes: {
    readonly commands: readonly (Item & { command: string; category?: string; title: string })[];
    readonly keybindings: readonly Item[];
    readonly menus: Readonly<Record<string, readonly Item[]>>;
    readonly views: Readonly<Record<string, readonly { id: string; icon?: string }[]>>;
    readonly viewsContainers: { readonly activitybar: readonly { id: string; icon: string }[] };
    readonly viewsWelcome: readonly { view: string; contents: string; when?: string }[];
    readonly walkthroughs: readonly {
      readonly id: string;
      readonly steps: readonly { description: string; media: { image?: string; svg?: string } }[];
    }[];
    readonly configuration: {
      readonly properties: Readonly<
        Record<string, { scope?: string; default?: unknown; description?: string }>
      >;
    };
    readonly taskDefinitions?: readonly { type: string }[];
  };
}

const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as Manifest;
const { contributes } = manifest;
const source = [...sources('src/extension')].join('\n');

test('the commands are those of the table', () => {
  expect(contributes.commands.map(({ command }) => command).sort()).toEqual(
    Object.keys(commands).sort(),
  );
});

test('every command says whose it is', () => {
  expect(contributes.commands.filter(({ category }) => category !== 'Glassbox')).toEqual([]);
});

test('menus, keys and links name commands that exist', () => {
  const { menus, keybindings, viewsWelcome, walkthroughs } = contributes;
  const linked = [
    ...viewsWelcome.map(({ contents }) => contents),
    ...walkthroughs.flatMap(({ steps }) => steps.map(({ description }) => description)),
  ].flatMap((text) => [...text.matchAll(/\(command:([\w.]+)/g)].map(([, id = '']) => id));
  const named = [...Object.values(menus).flat(), ...keybindings].map(
    ({ command }) => command ?? '',
  );
  const viewCommands = viewIds().flatMap((id) => [`${id}.focus`, `${id}.open`]);
  const known = new Set([...Object.keys(commands), ...viewCommands]);
  const unknown = [...linked, ...named].filter(
    (id) => id.startsWith('glassbox.') && !known.has(id),
  );
  expect(unknown).toEqual([]);
});

test('commands the code runs are in the table, or a view’s own', () => {
  const run = [...source.matchAll(/(?:executeCommand\(\s*|command[:=]\s*)'(glassbox\.[\w.]+)'/g)];
  const viewCommands = viewIds().map((id) => `${id}.focus`);
  const unknown = run
    .map(([, id = '']) => id)
    .filter((id) => !(id in commands) && !viewCommands.includes(id));
  expect(unknown).toEqual([]);
});

test('the views are those the code fills', () => {
  const filled = [
    ...source.matchAll(/(?:createTreeView|registerTreeDataProvider)(?:<\w+>)?\(\s*'([\w.]+)'/g),
  ].map(([, id = '']) => id);
  expect(viewIds().sort()).toEqual(filled.sort());
  expect(Object.keys(contributes.views)).toEqual(
    contributes.viewsContainers.activitybar.map(({ id }) => id),
  );
  expect(contributes.viewsWelcome.filter(({ view }) => !viewIds().includes(view))).toEqual([]);
});

test('each view greets whoever has nothing in it yet', () => {
  const greeting = new Set(contributes.viewsWelcome.map(({ view }) => view));
  expect(viewIds().filter((id) => !greeting.has(id))).toEqual([]);
});

test('conditions speak of views, items and contexts that exist', () => {
  const conditions = [
    ...Object.values(contributes.menus).flat(),
    ...contributes.keybindings,
    ...contributes.viewsWelcome,
    ...contributes.commands.map((command) => ({
      when: (command as Item & { enablement?: string }).enablement,
    })),
  ].map(({ when = '' }) => when);
  const text = conditions.join('\n');
  const views = [...text.matchAll(/(?:view|focusedView|activeWebviewPanelId) == '?([\w.]+)'?/g)];
  const unknownViews = views.map(([, id = '']) => id).filter((id) => !knownPlaces().has(id));
  const items = [...text.matchAll(/viewItem == ([\w.]+)/g)].map(([, value = '']) => value);
  const contexts = [...text.matchAll(/(?<![\w.= ])!?(glassbox\.\w+)(?![\w.])/g)]
    .map(([, name = '']) => name)
    .filter((name) => !knownPlaces().has(name));
  expect(unknownViews).toEqual([]);
  expect(items.filter((value) => !source.includes(`'${value}'`))).toEqual([]);
  expect(contexts.filter((name) => !source.includes(`'${name}'`))).toEqual([]);
});

test('the settings are those the code reads', () => {
  const declared = Object.keys(contributes.configuration.properties).sort();
  expect([...settingsRead()].sort()).toEqual(declared);
});

test('each setting has a default and a description', () => {
  const bare = Object.entries(contributes.configuration.properties)
    .filter(
      ([, setting]) => !('default' in setting) || !/escription/.test(Object.keys(setting).join()),
    )
    .map(([name]) => name);
  expect(bare).toEqual([]);
});

test('what a workspace could abuse is the machine’s to say, or waits for trust', () => {
  const { restrictedConfigurations } = manifest.capabilities.untrustedWorkspaces;
  const open = Object.entries(contributes.configuration.properties)
    .filter(([name]) => /capture|host|url|endpoint|command|env|port/i.test(name))
    .filter(([name, { scope }]) => scope !== 'machine' && !restrictedConfigurations.includes(name))
    .map(([name]) => name);
  expect(open).toEqual([]);
  const declared = Object.keys(contributes.configuration.properties);
  expect(restrictedConfigurations.filter((name) => !declared.includes(name))).toEqual([]);
});

test('the files it names are there', () => {
  const files = [
    manifest.icon,
    ...contributes.viewsContainers.activitybar.map(({ icon }) => icon),
    ...Object.values(contributes.views).flatMap((views) => views.flatMap(({ icon }) => icon ?? [])),
    ...contributes.walkthroughs.flatMap(({ steps }) =>
      steps.flatMap(({ media }) => media.image ?? media.svg ?? []),
    ),
  ];
  expect(files.filter((file) => !existsSync(file))).toEqual([]);
  expect(manifest.icon).toMatch(/\.png$/);
});

test('every icon is one that VS Code has', () => {
  const css = readFileSync('node_modules/@vscode/codicons/dist/codicon.css', 'utf8');
  const known = new Set([...css.matchAll(/\.codicon-([\w-]+):before/g)].map(([, name]) => name));
  const named = [
    ...contributes.commands
      .flatMap(({ icon }) => icon ?? [])
      .join(' ')
      .matchAll(/\$\(([\w-]+)/g),
    ...source.matchAll(/ThemeIcon\('([\w-]+)/g),
    ...source.matchAll(/\$\(([a-z][\w-]*)(?:~spin)?\) /g),
  ].map(([, name = '']) => name);
  expect(named.filter((name) => !known.has(name))).toEqual([]);
  expect(named.length).toBeGreaterThan(5);
});

test('it wakes for its panels', () => {
  const panels = [...source.matchAll(/panelType = '([\w.]+)'/gi)].map(([, id = '']) => id);
  const events = panels.map((id) => `onWebviewPanel:${id}`);
  expect(manifest.activationEvents.filter((event) => event.startsWith('onWebview'))).toEqual(
    events,
  );
  expect(events.length).toBeGreaterThan(0);
});

test('its entries are what the build makes', () => {
  const { build, ...scripts } = (manifest as unknown as { scripts: Record<string, string> })
    .scripts;
  const made = [build, ...Object.values(scripts)].join(' ');
  expect(made).toContain('extension=src/extension/extension.ts');
  expect(manifest.main).toBe('./dist/extension.js');
  expect(manifest.bin).toEqual({ glassbox: './dist/cli.js' });
});

test('the changelog speaks of this version', () => {
  expect(readFileSync('CHANGELOG.md', 'utf8')).toMatch(
    new RegExp(`^## \\[?(?:Unreleased|${manifest.version.replaceAll('.', '\\.')})\\b`, 'm'),
  );
});

function viewIds(): string[] {
  return Object.values(contributes.views).flatMap((views) => views.map(({ id }) => id));
}

function knownPlaces(): ReadonlySet<string> {
  const panels = [...source.matchAll(/panelType = '([\w.]+)'/gi)].map(([, id = '']) => id);
  return new Set([...viewIds(), ...panels]);
}

/** `getConfiguration('glassbox.capture')`, and every `settings.get('terminals')` near it. */
function settingsRead(): ReadonlySet<string> {
  const read = new Set<string>();
  for (const text of sources('src/extension')) {
    const sections = [...text.matchAll(/getConfiguration\('(glassbox[\w.]*)'\)/g)];
    const names = [...text.matchAll(/(?:settings|\))\.get(?:<[^(]+>)?\(\s*'([\w.]+)'/g)];
    for (const [, section] of sections) {
      for (const [, name] of names) read.add(`${section}.${name}`);
    }
  }
  return read;
}

function* sources(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* sources(path);
    else if (entry.name.endsWith('.ts')) yield readFileSync(path, 'utf8');
  }
}
