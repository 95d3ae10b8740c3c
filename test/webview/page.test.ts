import { readFileSync } from 'node:fs';
import type Axe from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { launchBrowser } from './harness/browser';
import { servePage, type Served } from './harness/server';

let served: Served;
let browser: Browser;
let page: Page;
let faults: string[];
let requests: string[];

beforeAll(async () => {
  served = await servePage();
  browser = await launchBrowser();
});

afterAll(async () => {
  await browser?.close();
  await served?.close();
});

beforeEach(async () => {
  page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  faults = [];
  requests = [];
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('console', (message) => {
    if (/Content Security Policy/.test(message.text())) faults.push(message.text());
  });
  page.on('request', (request) => {
    if (!request.url().startsWith('data:')) requests.push(request.url());
  });
});

afterEach(async () => {
  expect(faults).toEqual([]);
  await page.close();
});

async function show(name: string, theme = 'dark'): Promise<void> {
  await page.goto(`${served.url}?case=${name}&theme=${theme}`);
  await page.waitForSelector('.details:not(.stale), .empty');
}

async function press(...keys: readonly string[]): Promise<void> {
  for (const key of keys) await page.keyboard.press(key);
}

/** Names of the rows in the tree, in the order they stand. */
function rowNames(): Promise<readonly string[]> {
  return page.locator('.tree-layer .row:not([hidden])').evaluateAll((rows) =>
    rows
      .map((row) => ({
        name: row.querySelector('.label')?.textContent ?? '',
        top: row.getBoundingClientRect().top,
      }))
      .sort((a, b) => a.top - b.top)
      .map(({ name }) => name),
  );
}

const selected = () => page.locator('.row.selected .label').textContent();
const title = () => page.locator('.details:not(.stale) h2');
const calls = (method: string) =>
  page.evaluate(
    (wanted) =>
      window.harness.calls.filter((call) => call.method === wanted).map(({ args }) => args),
    method,
  );

describe('the tree by keyboard', () => {
  test('moves as the trees of VS Code do, and the details follow', async () => {
    await show('support');
    await expect.poll(selected).toBe('Support');
    await press('ArrowDown');
    await expect.poll(selected).toBe('No personal data');
    await press('ArrowDown', 'ArrowRight');
    await expect.poll(selected).toBe('chat gpt-5-mini');
    await title().filter({ hasText: 'chat gpt-5-mini' }).waitFor();
    await press('ArrowLeft');
    await expect.poll(selected).toBe('Triage');
    await press('End');
    await expect.poll(selected).toBe('politeness');
    await press('Home');
    await expect.poll(selected).toBe('Support');
    await press('ArrowUp');
    await expect.poll(selected).toBe('Support');
  });

  test('folds and unfolds, and says so to a screen reader', async () => {
    await show('support');
    await press('ArrowLeft');
    await expect.poll(rowNames).toEqual(['Support', 'politeness']);
    const root = page.locator('.row.selected');
    expect(await root.getAttribute('aria-expanded')).toBe('false');
    expect(await root.getAttribute('aria-setsize')).toBe('2');
    await press('Enter');
    await expect.poll(rowNames).toHaveLength(14);
    await press('ArrowDown', 'ArrowDown', ' ');
    await expect.poll(rowNames).toHaveLength(12);
    await press('*');
    await expect.poll(rowNames).toHaveLength(14);
    const active = await page.locator('[role=tree]').getAttribute('aria-activedescendant');
    expect(await page.locator(`[id="${active}"]`).textContent()).toContain('Triage');
    expect(await page.locator(`[id="${active}"]`).getAttribute('aria-level')).toBe('2');
  });

  test('finds what is typed, also inside folds', async () => {
    await show('support');
    await press('ArrowLeft');
    await press('r', 'e', 'f');
    await expect.poll(selected).toBe('refund_order');
    expect(await page.locator('.find-count').textContent()).toBe('1 of 2');
    expect(await page.locator('.row mark').first().textContent()).toBe('ref');
    await press('Enter');
    expect(await page.locator('.find-count').textContent()).toBe('2 of 2');
    await press('Escape');
    expect(await page.locator('.find-widget').count()).toBe(0);
    await press('ArrowDown');
    await expect.poll(selected).toBe('chat gpt-5-mini');
  });

  test('goes to the first error by one key', async () => {
    await show('support');
    await press('e');
    await expect.poll(selected).toBe('refund_order');
    await page.locator('.failure', { hasText: 'the payment provider answered 503' }).waitFor();
    await page.getByRole('tab', { name: 'Error' }).click();
    await page
      .getByRole('button', { name: '/home/dana/support-agent/tools/refund.mjs:41:11' })
      .click();
    await expect
      .poll(() => calls('openFile'))
      .toEqual([['/home/dana/support-agent/tools/refund.mjs', 41]]);
  });

  test('the split moves by keyboard and is remembered', async () => {
    await show('support');
    const width = () => page.locator('.tree').evaluate((tree) => tree.clientWidth);
    const before = await width();
    await page.getByRole('separator', { name: 'Size of the tree' }).focus();
    await press('ArrowLeft', 'ArrowLeft');
    await expect.poll(width).toBeLessThan(before - 40);
    await press('Shift+Tab');
    await page.locator('.row', { hasText: 'search_orders' }).click();
    await page.reload();
    await title().filter({ hasText: 'search_orders' }).waitFor();
    await expect.poll(width).toBeLessThan(before - 40);
  });
});

describe('what the details show', () => {
  test('a conversation with calls joined to their results', async () => {
    await show('support');
    await press('End', 'ArrowUp');
    await page.locator('.turn.answer strong', { hasText: '€76.50' }).waitFor();
    expect(await page.locator('.turn.answer :is(td, em, pre code)').allTextContents()).toEqual([
      ...['The Left Hand of Darkness', '€14.50', 'A Pattern Language', '€62.00', '5 working days'],
      '{ "order": "A-1042", "refunded": true }\n',
    ]);
    const turns = await page
      .locator('.turn')
      .evaluateAll((all) => all.map((turn) => turn.getAttribute('class') ?? ''));
    expect(turns.filter((classes) => classes.includes('role-tool'))).toEqual([]);
    expect(await page.locator('.call.failed .result').textContent()).toContain('503');
    await page.getByRole('button', { name: 'Show text as it came' }).click();
    await page.locator('.turn.answer .plain-text', { hasText: '**€76.50**' }).waitFor();
  });

  test('a link asks the extension, and never leads anywhere by itself', async () => {
    await show('support');
    await press('End', 'ArrowUp');
    await page.locator('.turn a', { hasText: 'example.com' }).click();
    await expect.poll(() => calls('openLink')).toEqual([['https://example.com/orders/A-1042']]);
    expect(await page.locator('a[href]').count()).toBe(0);
  });

  test('copies and opens any part', async () => {
    await show('support');
    await press('e');
    await title().filter({ hasText: 'refund_order' }).waitFor();
    await page.getByRole('button', { name: 'Copy Arguments of refund_order' }).click();
    await page.getByRole('button', { name: 'Open Arguments of refund_order in an editor' }).click();
    const text = JSON.stringify(
      { order: 'A-1042', amount: 76.5, reason: 'lost in transit' },
      undefined,
      2,
    );
    await expect.poll(() => calls('copy')).toEqual([[text]]);
    await expect
      .poll(() => calls('openText'))
      .toEqual([['Arguments of refund_order', 'json', text]]);
  });

  test('what the extension could not do is said', async () => {
    await show('support');
    await press('End', 'ArrowUp');
    await page.getByRole('button', { name: 'agent.mjs:87' }).click();
    await page
      .getByRole('status')
      .getByText('agent.mjs is not a file of this workspace.')
      .waitFor();
    await page.getByRole('button', { name: 'Dismiss' }).click();
    await page.locator('.notice').waitFor({ state: 'detached' });
  });

  test('remembers which trace it showed, so that it can be revived', async () => {
    await show('support');
    const state = await page.evaluate(() => window.harness.state());
    expect(state).toMatchObject({
      traceId: '0af7651916cd43dd8448eb211c80319c',
      tab: 'conversation',
    });
  });

  test('attributes can be filtered, and say which convention they were read from', async () => {
    await show('support');
    await press('End', 'ArrowUp');
    await page.getByRole('tab', { name: 'Attributes' }).click();
    await page.locator('.fields tr', { hasText: 'usage.input' }).getByText('otel-genai').waitFor();
    await page.getByRole('textbox', { name: 'Filter attributes' }).fill('127.0');
    expect(await page.locator('.attribute-key').allTextContents()).toEqual(['server.address']);
  });

  test('says what is missing and why', async () => {
    await show('nothing');
    await page.getByText('OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT').waitFor();
    await show('gone');
    await page.getByText('This trace is gone').waitFor();
  });

  test('a megabyte is shown in part, with its size', async () => {
    await show('bigJson');
    await page.getByRole('button', { name: 'items: 9,000 items' }).click();
    await page.getByRole('button', { name: 'Show 1,000 more of 9,000' }).waitFor();
    await press('Home');
    await page.locator('.row', { hasText: 'one_line' }).click();
    await page.getByText('of 977 KB').waitFor();
    expect(
      await page.locator('.panel').evaluate((panel) => panel.textContent?.length),
    ).toBeLessThan(6000);
  });
});

describe('a trace that grows', () => {
  test('new rows appear; the selection and the scroll position stay', async () => {
    await page.setViewportSize({ width: 1280, height: 320 });
    await show('running');
    const before = (await rowNames()).length;
    await page.locator('.row', { hasText: 'search_orders' }).click();
    await press('End', 'ArrowUp');
    const top = () =>
      page.locator('.row.selected').evaluate((row) => row.getBoundingClientRect().top);
    await expect.poll(selected).toBe('chat gpt-5-mini');
    const place = await top();
    await page.evaluate(() => window.harness.runTo(6_479));
    await page.waitForFunction(
      (count) => document.querySelectorAll('.row:not([hidden])').length > count,
      before,
    );
    expect(await selected()).toBe('chat gpt-5-mini');
    expect(Math.abs((await top()) - place)).toBeLessThan(1);
  });

  test('the bar of a running row reaches to now, and its time counts', async () => {
    await show('running');
    const duration = page.locator('.row.selected .number').first();
    const first = await duration.textContent();
    await page.waitForFunction(
      (text) => document.querySelector('.row.selected .number')?.textContent !== text,
      first,
    );
    await page.evaluate(() => window.harness.runTo(Infinity));
    await page.waitForFunction(
      () => document.querySelector('.row.selected .number')?.textContent === '6.48 s',
    );
    await page.locator('.details .json', { hasText: 'I have paid back' }).waitFor();
  });

  test('a hundred changes make few fetches', async () => {
    await show('running');
    await page.evaluate(() =>
      Promise.all(Array.from({ length: 100 }, () => window.harness.page.traceChanged())),
    );
    await expect.poll(async () => (await calls('trace')).length).toBeGreaterThan(1);
    expect((await calls('trace')).length).toBeLessThanOrEqual(3);
  });

  test('the extension can choose an observation', async () => {
    await show('support');
    await press('ArrowLeft');
    const spanId = await page.evaluate(async () => {
      const id = '000000000000000b';
      await window.harness.page.select(id);
      return id;
    });
    expect((await calls('observation')).flat()).toContain(spanId);
    await expect.poll(rowNames).toHaveLength(14);
  });
});

describe('large traces', () => {
  test.each([
    ['rows100000', 100_000],
    ['rows1000000', 1_000_000],
  ])('%s: few elements, and the last row is reached', async (name, rows) => {
    await show(name);
    await page.getByText(`${rows.toLocaleString('en-US')} observations`).waitFor();
    await press('End');
    await expect.poll(async () => (await rowNames()).at(-1)).toBe('search_orders');
    expect(await page.locator('.row').count()).toBeLessThan(200);
    const box = await page.locator('.row.selected').boundingBox();
    expect(box && Math.round(box.y + box.height)).toBe(800);
    await page.locator('.tree-rows').evaluate((tree) => (tree.scrollTop = tree.scrollHeight / 2));
    const middleTurn = async () => {
      const turn = (await rowNames()).find((row) => row.startsWith('turn '));
      return Math.round((20 * Number(turn?.slice(5))) / rows);
    };
    await expect.poll(middleTurn).toBe(1);
    await page.locator('.tree-rows').evaluate((tree) => (tree.scrollTop = tree.scrollHeight));
    await press('ArrowUp', 'ArrowDown');
    expect(await page.locator('.row').count()).toBeLessThan(200);
  });

  test('one key scrolls by one row even where the scroll bar is too coarse for it', async () => {
    await show('rows1000000');
    await press('End');
    for (let i = 0; i < 40; i++) await press('ArrowUp');
    const tops = await page
      .locator('.tree-layer .row:not([hidden])')
      .evaluateAll((rows) =>
        rows.map((row) => Math.round(row.getBoundingClientRect().top)).sort((a, b) => a - b),
      );
    const gaps = tops.slice(1).map((top, index) => top - (tops[index] ?? 0));
    expect(new Set(gaps)).toEqual(new Set([22]));
    const box = await page.locator('.row.selected').boundingBox();
    expect(box?.y).toBeGreaterThanOrEqual(80);
  });

  test('folding all of it leaves the roots', async () => {
    await show('rows100000');
    await page.getByRole('button', { name: 'Fold all', exact: true }).click();
    await page.getByText('10,001 of 100,000 observations').waitFor();
  });
});

describe('hostile traces', () => {
  test('nothing runs and nothing loads, in any tab', async () => {
    await show('hostile');
    for (const tab of ['Conversation', 'Input/Output', 'Attributes', 'Error']) {
      await page.getByRole('tab', { name: tab }).click();
      const folds = page.locator('.panel [aria-expanded=false]:not(:disabled)');
      for (let i = 0; i < 60 && (await folds.count()) > 0; i++) await folds.first().click();
    }
    await press('Escape');
    await page.locator('[role=tree]').focus();
    for (let i = 0; i < 24; i++) await press('ArrowDown');
    expect(await page.evaluate(() => window.attacked)).toBeUndefined();
    expect(await page.evaluate(() => Reflect.get({}, 'polluted') as unknown)).toBeUndefined();
    expect(requests.filter((url) => !url.startsWith(served.url))).toEqual([]);
    const alien =
      'iframe, object, embed, form, base, video, svg:not(vscode-button svg), style, main script';
    expect(await page.locator(alien).count()).toBe(0);
  });

  test('markdown holds nothing but what it may', async () => {
    await show('hostile');
    const faults = await page
      .locator('.markdown *')
      .evaluateAll((elements) =>
        elements
          .filter(
            (element) =>
              !/^(P|BR|A|CODE|PRE|EM|STRONG|H[1-6]|UL|OL|LI|BLOCKQUOTE)$/.test(element.tagName) ||
              [...element.attributes].some(
                ({ name }) => !/^(role|tabindex|title|data-link)$/.test(name),
              ),
          )
          .map((element) => element.outerHTML),
      );
    expect(faults).toEqual([]);
    expect(
      await page.locator('.markdown a', { hasText: '[image: pixel]' }).count(),
    ).toBeGreaterThan(0);
  });

  test('only web addresses become links', async () => {
    await show('hostile');
    const targets = await page
      .locator('[data-link]')
      .evaluateAll((links) => links.map((link) => link.getAttribute('data-link') ?? ''));
    expect(targets.length).toBeGreaterThan(3);
    expect(targets.filter((target) => !/^https?:\/\//.test(target))).toEqual([]);
  });
});

describe('everybody can use it', () => {
  const axe = readFileSync('node_modules/axe-core/axe.min.js', 'utf8');

  test.each([
    ['support', 'dark', 'e'],
    ['support', 'light', 'End,ArrowUp'],
    ['support', 'highContrast', 'End,ArrowUp'],
    ['bigJson', 'dark', ''],
    ['running', 'light', ''],
    ['scripts', 'dark', 'k'],
  ])('axe finds no serious fault: %s, %s', async (name, theme, keys) => {
    await show(name, theme);
    await press(...keys.split(',').filter(Boolean));
    const serious = [];
    for (const tab of await page.getByRole('tab').all()) {
      await tab.click();
      await page.evaluate(axe);
      const found = await page.evaluate(async () => {
        const { axe } = window as unknown as { axe: typeof Axe };
        const { violations } = await axe.run(document, {
          rules: { 'page-has-heading-one': { enabled: false } },
        });
        return violations
          .filter(({ impact }) => impact === 'serious' || impact === 'critical')
          .map(
            ({ id, nodes }) =>
              `${id}: ${nodes
                .slice(0, 3)
                .map(({ html }) => html.slice(0, 160))
                .join(' | ')}`,
          );
      });
      serious.push(...found);
    }
    expect([...new Set(serious)]).toEqual([]);
  });
});
