import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { launchBrowser } from './harness/browser';
import { servePage, type Served } from './harness/server';

/** The minimap, the critical path, what stays at the top, and folding by depth and kind. */

let served: Served;
let browser: Browser;
let page: Page;
let faults: string[];

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
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('console', (message) => {
    if (/Content Security Policy/.test(message.text())) faults.push(message.text());
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

const press = async (...keys: readonly string[]) => {
  for (const key of keys) await page.keyboard.press(key);
};
const selected = () => page.locator('.tree-layer .row.selected .label').textContent();
const rows = () => page.locator('.tree-layer .row:not([hidden])').count();
const minimap = () => page.getByRole('slider');

describe('the minimap', () => {
  test('shows the whole trace, failures in red', async () => {
    await show('support');
    const reds = await page.locator('.minimap-picture').evaluate((canvas) => {
      if (!(canvas instanceof HTMLCanvasElement)) return -1;
      const data = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data;
      if (!data) return -1;
      let count = 0;
      for (let at = 0; at < data.length; at += 4) {
        if ((data[at] ?? 0) > 200 && (data[at + 1] ?? 0) < 150 && (data[at + 3] ?? 0) > 0) count++;
      }
      return count;
    });
    expect(reds).toBeGreaterThan(20);
  });

  test('a window drawn, moved and closed by pointer changes what the bars show', async () => {
    await show('support');
    const box = await minimap().boundingBox();
    if (!box) throw new Error('no minimap');
    const at = (share: number) => [box.x + box.width * share, box.y + 20] as const;
    await page.mouse.move(...at(0.5));
    await page.mouse.down();
    await page.mouse.move(...at(0.7), { steps: 4 });
    await page.mouse.move(...at(0.75), { steps: 4 });
    await page.mouse.up();
    await expect
      .poll(() => minimap().getAttribute('aria-valuetext'))
      .toBe('3.24 s to 4.86 s of 6.48 s');
    expect(await page.locator('.tree-layer .row .bar[hidden]').count()).toBeGreaterThan(3);
    await page.mouse.move(...at(0.6));
    await page.mouse.down();
    await page.mouse.move(...at(0.1), { steps: 4 });
    await page.mouse.up();
    await expect
      .poll(() => minimap().getAttribute('aria-valuetext'))
      .toBe('0 ms to 1.62 s of 6.48 s');
    await page.mouse.dblclick(...at(0.8));
    await expect
      .poll(() => minimap().getAttribute('aria-valuetext'))
      .toBe('0 ms to 6.48 s of 6.48 s');
  });

  test('by keyboard', async () => {
    await show('support');
    await minimap().focus();
    await press('+', '+', 'End');
    await expect
      .poll(() => minimap().getAttribute('aria-valuetext'))
      .toBe('3.6 s to 6.48 s of 6.48 s');
    await press('0');
    await expect
      .poll(() => minimap().getAttribute('aria-valuetext'))
      .toBe('0 ms to 6.48 s of 6.48 s');
  });

  test('a click leads to the rows there, also in a hundred thousand', async () => {
    await show('rows100000');
    const box = await minimap().boundingBox();
    await page.mouse.click((box?.x ?? 0) + 200, (box?.y ?? 0) + 20);
    await expect
      .poll(() => page.locator('.tree-layer .row:not([hidden]) .label').allTextContents())
      .toContain('turn 5001');
  });
});

describe('finding the way', () => {
  test('ancestors stay at the top, and lead back', async () => {
    await show('rows1000');
    await press('End');
    const names = () => page.locator('.sticky-rows .row:not([hidden]) .label').allTextContents();
    await expect.poll(async () => (await names()).sort()).toContain('Batch');
    expect(await page.locator('.sticky-rows [role], .sticky-rows [id]').count()).toBe(
      await page.locator('.sticky-rows [role=img]').count(),
    );
    await page.locator('.sticky-rows .row', { hasText: 'Batch' }).click();
    await expect.poll(selected).toBe('Batch');
  });

  test('a row chosen by key is never under them', async () => {
    await show('rows1000');
    await press('End', 'PageUp', 'PageUp', 'PageUp', 'ArrowUp');
    const hidden = await page.evaluate(() => {
      const row = document.querySelector('.tree-layer .row.selected')?.getBoundingClientRect();
      const sticky = document.querySelector('.sticky-rows')?.getBoundingClientRect();
      return row && sticky ? sticky.bottom - row.top : NaN;
    });
    expect(hidden).toBeLessThanOrEqual(0.5);
  });

  test('the critical path is shown and remembered; the self time stands in the column', async () => {
    await show('support');
    const button = () => page.locator('vscode-button[aria-label^="Critical path"]');
    await button().click();
    await expect.poll(() => page.locator('.tree-layer .row.on-path').count()).toBeGreaterThan(8);
    await page.reload();
    await page.waitForSelector('.details:not(.stale)');
    expect(await button().getAttribute('aria-pressed')).toBe('true');
    await page.getByRole('button', { name: 'Time', exact: true }).click();
    const search = page.locator('.tree-layer .row', { hasText: 'search_orders' });
    await expect.poll(() => search.locator('.number').first().textContent()).toBe('25 ms');
  });

  test('folds by a digit, and by depth or kind from a menu', async () => {
    await show('support');
    await press('2');
    await expect.poll(rows).toBe(5);
    await press('1');
    await expect.poll(rows).toBe(2);
    await press('9');
    await expect.poll(rows).toBe(14);
    await page.getByRole('button', { name: 'Fold by depth or kind' }).click();
    const button = await page.locator('.menu-place').boundingBox();
    const menu = await page.getByRole('menu').boundingBox();
    expect(menu?.y).toBeGreaterThan(button?.y ?? Infinity);
    expect(Math.abs((menu?.x ?? 0) - (button?.x ?? 0))).toBeLessThan(5);
    await page.getByRole('menuitem', { name: 'Fold every tool' }).click();
    await expect.poll(rows).toBe(13);
    await page.getByRole('button', { name: 'Fold by depth or kind' }).focus();
    await press('Enter', 'ArrowDown', 'Enter');
    await expect.poll(rows).toBe(5);
  });
});
