import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFailed, test } from 'vitest';
import { openEditor, type Editor } from '../support/editor.ts';
import { keepEvidence } from '../support/evidence.ts';
import { openSample } from '../support/sample.ts';

/** Windows other than the first one of a newcomer: without a folder, and with a terminal. */

interface Announced {
  readonly endpoint: string;
  readonly folders: readonly string[];
}

/** What the window announces to command lines; there is none until it listens. */
async function announced(editor: Editor): Promise<Announced> {
  const folder = join(editor.dataFolder, 'home', 'windows');
  const read = async () => {
    const [name] = await readdir(folder).catch(() => []);
    return name === undefined ? undefined : readFile(join(folder, name), 'utf8');
  };
  await expect.poll(read, { timeout: 30_000 }).toMatch(/endpoint/);
  return JSON.parse((await read()) ?? '') as Announced;
}

async function send(endpoint: string, name: string, id: string): Promise<number> {
  const now = Date.now();
  const attributes = { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.agent.name': name };
  const span = {
    ...{ traceId: id.repeat(32).slice(0, 32), spanId: id.repeat(16).slice(0, 16), name, kind: 1 },
    startTimeUnixNano: `${now - 1000}000000`,
    endTimeUnixNano: `${now}000000`,
    attributes: Object.entries(attributes).map(([key, value]) => ({
      key,
      value: { stringValue: value },
    })),
  };
  const { status } = await fetch(`${endpoint}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] }),
  });
  return status;
}

describe('a window without a folder', () => {
  let editor: Editor;
  beforeAll(async () => {
    editor = await openEditor();
  });
  afterAll(() => editor?.close());

  test('says what to open, and offers the sample', async () => {
    onTestFailed(() => keepEvidence(editor, 'no-folder'));
    await editor.showContainer('Glassbox');
    const welcome = editor.page.locator('.sidebar .welcome-view-content');
    await welcome.getByText('Open Folder').first().waitFor();
    await welcome.getByText('Open Sample Workspace').first().waitFor();
  });

  test('receives and shows all the same', async () => {
    onTestFailed(() => keepEvidence(editor, 'no-folder-receives'));
    const { endpoint, folders } = await announced(editor);
    expect(folders).toEqual([]);
    expect(await send(endpoint, 'wanderer', 'a1')).toBe(200);
    await editor.sidebarRow('wanderer').waitFor();
  });

  test('is told that there is nothing to run', async () => {
    onTestFailed(() => keepEvidence(editor, 'no-folder-run'));
    await editor.command('Glassbox: Run Agent');
    await editor.command('Notifications: Show Notifications');
    await expect
      .poll(() => editor.notifications(), { timeout: 10_000 })
      .toContainEqual(expect.stringContaining('Open the folder your agent lives in'));
  });

  test('keeps its address and its traces over a reload', async () => {
    onTestFailed(() => keepEvidence(editor, 'no-folder-reload'));
    const before = await announced(editor);
    await editor.reload();
    await editor.showContainer('Glassbox');
    await editor.sidebarRow('wanderer').waitFor();
    expect((await announced(editor)).endpoint).toBe(before.endpoint);
    expect(await send(before.endpoint, 'returned', 'b2')).toBe(200);
    await editor.sidebarRow('returned').waitFor();
  });
});

describe('a terminal', () => {
  let editor: Editor;
  let sample: Awaited<ReturnType<typeof openSample>>;
  beforeAll(async () => {
    sample = await openSample();
    editor = await openEditor({ folder: sample.folder });
    await editor.showContainer('Glassbox');
  });
  afterAll(async () => {
    await editor?.close();
    await sample?.remove();
  });

  /** Types into a new terminal that has the hooks, as a person would. */
  async function type(command: string): Promise<void> {
    await editor.host.run(async (vscode, text) => {
      const hooked = () => {
        const extension = vscode.extensions.getExtension('glassbox.glassbox');
        return extension?.isActive;
      };
      while (!hooked()) await new Promise((resolve) => setTimeout(resolve, 100));
      const terminal = vscode.window.createTerminal('typed');
      terminal.show();
      terminal.sendText(text);
    }, command);
  }

  test('traces an agent typed into it, with no word of Glassbox', async () => {
    await announced(editor);
    onTestFailed(() => keepEvidence(editor, 'terminal'));
    // The hooks are put in place a moment after the very first start of the extension.
    await expect
      .poll(
        async () => {
          await type(`"${process.execPath}" agent.mjs`);
          return editor
            .sidebarRow('Support request')
            .first()
            .waitFor({ timeout: 15_000 })
            .then(() => true)
            .catch(() => false);
        },
        { timeout: 60_000 },
      )
      .toBe(true);
  });

  test('has the command line on its path', async () => {
    onTestFailed(() => keepEvidence(editor, 'shim'));
    const output = join(sample.folder, 'listed.json');
    await type(`glassbox traces --json > "${output}"`);
    const read = () => readFile(output, 'utf8').catch(() => '');
    await expect.poll(read, { timeout: 30_000 }).toMatch(/"name":"Support request"/);
  });
});
