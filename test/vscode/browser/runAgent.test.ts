import { afterAll, beforeAll, beforeEach, expect, onTestFailed, test } from 'vitest';
import { openEditor, type Editor } from '../support/editor.ts';
import { openSample } from '../support/sample.ts';
import { keepEvidence } from '../support/evidence.ts';

/** What a person does first: run the sample agent, see its trace, read it, come back to it. */

let sample: Awaited<ReturnType<typeof openSample>>;
let editor: Editor;

beforeAll(async () => {
  sample = await openSample();
  editor = await openEditor({ folder: sample.folder });
});

afterAll(async () => {
  await editor?.close();
  await sample?.remove();
});

/** Each step stands on the one before. */
let broken: string | undefined;
beforeEach(({ task, skip }) => {
  skip(broken !== undefined, `'${broken}' failed`);
  onTestFailed(async () => {
    broken = task.name;
    await keepEvidence(editor, task.name);
  });
});

const trace = () => editor.sidebarRow(/\d tok/).first();
const rows = () => editor.webview().locator('[role=treeitem]:visible');
const row = (text: string | RegExp) => rows().filter({ hasText: text }).first();

test('an empty sidebar says what to do', async () => {
  await editor.showContainer('Glassbox');
  const welcome = editor.page.locator('.sidebar .welcome-view-content');
  await welcome.getByText('No traces yet.').waitFor();
  await welcome.getByText('Run Agent').waitFor();
});

test('a run of the sample agent appears in the sidebar', async () => {
  await editor.command('Glassbox: Run Agent');
  await editor.quickPickRow(/support-js(?!-)/).click();
  await editor.answer('Where is my order A-1044? It should be here by now.');
  await trace().waitFor({ timeout: 60_000 });
  await editor.page
    .locator('.terminal-tab, .terminal-tabs-entry, .terminal-wrapper')
    .first()
    .waitFor();
});

test('its trace ends well', async () => {
  await trace().locator('.codicon-pass, .codicon-error').first().waitFor({ timeout: 60_000 });
});

test('its trace opens and shows agents, model calls and tools', async () => {
  await trace().click();
  await row('lookup_order').waitFor();
  const classes = await rows().evaluateAll((elements) =>
    elements.map(({ classList }) => [...classList]),
  );
  expect(classes.flat()).toEqual(
    expect.arrayContaining(['kind-agent', 'kind-generation', 'kind-tool', 'kind-guardrail']),
  );
});

test('the output of a tool call can be read', async () => {
  await row('lookup_order').click();
  const details = editor.webview().locator('.details');
  await details.locator('h2', { hasText: 'lookup_order' }).waitFor();
  const panel = details.getByRole('tabpanel');
  await panel.getByText('A-1044').first().waitFor();
  await panel.getByText('shipping', { exact: false }).first().waitFor();
});

test('a key folds and unfolds', async () => {
  const tree = editor.webview().getByRole('tree');
  await tree.focus();
  await tree.press('Home');
  const before = await rows().count();
  await tree.press('ArrowLeft');
  await expect.poll(() => rows().count()).toBeLessThan(before);
  await tree.press('ArrowRight');
  await expect.poll(() => rows().count()).toBe(before);
});

test('after a reload of the window the panel is there again', async () => {
  await editor.saveState('traceId');
  await editor.reload();
  await row('lookup_order').waitFor({ timeout: 60_000 });
  await editor.showContainer('Glassbox');
  await trace().waitFor();
});

test('nothing went wrong on the pages', () => {
  expect(editor.errors).toEqual([]);
});
