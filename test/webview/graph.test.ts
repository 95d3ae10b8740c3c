import { readFileSync } from 'node:fs';
import type Axe from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { neighbourOf, pathThrough } from '../../webview/trace/graphPlaces';
import { launchBrowser } from './harness/browser';
import { servePage, type Served } from './harness/server';

describe('places', () => {
  const nodes = [
    { x: 0, y: 0 },
    { x: 100, y: 0 },
    { x: 100, y: 60 },
    { x: 0, y: 60 },
    { x: 300, y: 10 },
  ];

  test.each([
    [0, 'ArrowRight', 1],
    [0, 'ArrowDown', 3],
    [0, 'ArrowLeft', -1],
    [2, 'ArrowLeft', 3],
    [2, 'ArrowUp', 1],
    [1, 'ArrowRight', 4],
    [0, 'x', -1],
    [9, 'ArrowRight', -1],
  ])('from %d by %s to %d', (from, key, to) => {
    expect(neighbourOf(nodes, from, key)).toBe(to);
  });

  test.each([
    [[], ''],
    [
      [
        [0, 0],
        [9, 9],
      ],
      'M0,0 L9,9',
    ],
    [
      [
        [0, 0],
        [5, 0],
        [9, 9],
      ],
      'M0,0 Q5,0 9,9',
    ],
    [
      [
        [0, 0],
        [4, 0],
        [8, 8],
        [9, 9],
      ],
      'M0,0 Q4,0 6,4 Q8,8 9,9',
    ],
  ])('a line through %j', (points, path) => {
    expect(pathThrough(points.map(([x = 0, y = 0]) => ({ x, y })))).toBe(path);
  });
});

describe('the graph in a browser', () => {
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
    page.on('request', (request) => requests.push(new URL(request.url()).pathname));
  });

  afterEach(async () => {
    expect(faults).toEqual([]);
    await page.close();
  });

  async function show(name: string, theme = 'dark'): Promise<void> {
    await page.goto(`${served.url}?case=${name}&theme=${theme}`);
    await page.waitForSelector('.details:not(.stale), .empty');
    await page.getByRole('radio', { name: 'Graph' }).click();
    await page.locator('.graph-node').first().waitFor();
  }

  const node = (name: string) => page.locator('.graph-node', { hasText: name });
  const title = (name: string) => page.locator('.details:not(.stale) h2', { hasText: name });

  test('is loaded only when it is looked at, and remembered', async () => {
    await page.goto(`${served.url}?case=support`);
    await page.waitForSelector('.details:not(.stale)');
    expect(requests).not.toContain('/graphLayout.js');
    await page.getByRole('radio', { name: 'Graph' }).click();
    await page.locator('.graph-node').first().waitFor();
    expect(requests.filter((path) => path === '/graphLayout.js')).toHaveLength(1);
    await page.reload();
    await page.locator('.graph-node').first().waitFor();
    await page.getByRole('radio', { name: 'Tree' }).click();
    await page.locator('.tree-rows').waitFor();
  });

  test('sums up calls, time, money and failures', async () => {
    await show('support');
    expect(await page.locator('.graph-node').count()).toBe(8);
    expect(await page.locator('.graph-edge.handoff').count()).toBe(1);
    const refund = node('refund_order');
    expect(await refund.textContent()).toContain('×2');
    expect(await refund.textContent()).toContain('1 error');
    expect(await node('chat gpt-5-mini').textContent()).toContain('$0.0012');
  });

  test('a click selects, a second one the next of them', async () => {
    await show('support');
    await node('refund_order').click();
    await title('refund_order').waitFor();
    await page.locator('.failure', { hasText: '503' }).waitFor();
    await node('refund_order').click();
    await page.locator('.failure').waitFor({ state: 'detached' });
    await page.getByRole('radio', { name: 'Tree' }).click();
    await page.locator('.tree-layer .row.selected', { hasText: 'refund_order' }).waitFor();
  });

  test('by keyboard alone', async () => {
    await show('support');
    await page.getByRole('radio', { name: 'Graph' }).focus();
    await page.keyboard.press('ArrowLeft');
    await page.locator('.tree-rows').waitFor();
    await page.keyboard.press('ArrowRight');
    await page.locator('.graph-node[tabindex="0"]').focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowDown');
    const focused = await page.evaluate(
      () => document.activeElement?.querySelector('.graph-label')?.textContent ?? '',
    );
    expect(focused).not.toBe('Support');
    await page.keyboard.press('Enter');
    await title(focused).waitFor();
  });

  test('as it ran: what had not begun is pale', async () => {
    await show('support');
    const slider = page.getByRole('slider', { name: 'Moment of the trace' });
    await slider.fill('100');
    await node('refund_order').and(page.locator('.unborn')).waitFor();
    await node('Triage').and(page.locator('.active')).waitFor();
    await slider.fill('500');
    expect(await page.locator('.unborn').count()).toBe(0);
    await page.getByRole('button', { name: 'Play it as it ran' }).click();
    await page.locator('.graph-node.unborn').first().waitFor();
    await page.getByRole('button', { name: 'Pause' }).click();
  });

  test('a hundred nodes do not lie on each other, and can be read', async () => {
    await show('graph100');
    const boxes = await page.locator('.graph-node').evaluateAll((nodes) =>
      nodes.map((one) => {
        const { left, top, right, bottom } = one.getBoundingClientRect();
        return { left, top, right, bottom };
      }),
    );
    expect(boxes.length).toBe(105);
    const overlaps = boxes.flatMap((a, index) =>
      boxes
        .slice(index + 1)
        .filter(
          (b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom,
        ),
    );
    expect(overlaps).toEqual([]);
    expect((boxes[0]?.bottom ?? 0) - (boxes[0]?.top ?? 0)).toBeGreaterThan(30);
  });

  test.each(['dark', 'light', 'highContrast'])('axe finds no serious fault: %s', async (theme) => {
    await show('support', theme);
    await page.evaluate(readFileSync('node_modules/axe-core/axe.min.js', 'utf8'));
    const serious = await page.evaluate(async () => {
      const { axe } = window as unknown as { axe: typeof Axe };
      const { violations } = await axe.run(document, {
        rules: { 'page-has-heading-one': { enabled: false } },
      });
      return violations
        .filter(({ impact }) => impact === 'serious' || impact === 'critical')
        .map(({ id, nodes }) => `${id}: ${nodes[0]?.html.slice(0, 200)}`);
    });
    expect(serious).toEqual([]);
  });
});
