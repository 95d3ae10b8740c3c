import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { replacePart } from '../../bench/document';
import { formatNumber, goalOf, isMet, median, quantile, valueOf } from '../../bench/figure';
import { shortfalls, toMarkdown, toText, type Report } from '../../bench/report';

/** That the bench runs and tells the truth about what it found; never how fast anything is. */

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'glassbox-bench-'));
  await build({
    ...{ bundle: true, platform: 'node', format: 'cjs', logLevel: 'warning', outdir: folder },
    entryPoints: ['bench/main.ts', 'bench/sender.ts', 'src/worker.ts'],
    entryNames: '[name]',
  });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test('a tiny run measures everything and leaves nothing but its store', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [
    join(folder, 'main.js'),
    ...['--tiny', '--json', '--worker', join(folder, 'worker.js'), '--folder', folder],
  ]);
  const report = JSON.parse(stdout) as Report;
  const groups = new Set(report.figures.map(({ id }) => id.split('.')[0]));
  expect(report.scale).toBe('tiny');
  expect([...groups]).toEqual(['ingest', 'loop', 'live', 'disk', 'reads']);
  for (const { id, value } of report.figures) expect([id, value > 0]).toEqual([id, true]);
  const ids = report.figures.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  const left = (await readdir(folder)).filter((name) => !name.endsWith('.js'));
  expect(left.filter((name) => !name.startsWith('read-tiny-'))).toEqual([]);
}, 120_000);

test('a misspelt measurement is named', async () => {
  const run = promisify(execFile)(process.execPath, [
    join(folder, 'main.js'),
    ...['--tiny', '--only', 'speed', '--folder', folder],
  ]);
  await expect(run).rejects.toThrow(/There is no speed: ingest, loop, disk, reads/);
});

const report: Report = {
  ...{ commit: 'abc1234', date: '2026-01-01', node: '24.0.0', sqlite: '3.50.0', zstd: '1.5.7' },
  ...{ machine: '2 × test', load: 0.2, scale: 'full' },
  figures: [
    { id: 'a', name: 'Kept', value: 2.5, unit: '×', goal: { atMost: 3 }, detail: 'why' },
    { id: 'b', name: 'Missed', value: 1234.5, unit: 'spans/s', goal: { atLeast: 5000 } },
    { id: 'c', name: 'Only told', value: 0.123456, unit: 'B/B' },
  ],
};

test.each([
  [{ value: 3, goal: { atMost: 3 } }, true],
  [{ value: 3.01, goal: { atMost: 3 } }, false],
  [{ value: 3, goal: { atLeast: 3 } }, true],
  [{ value: NaN, goal: { atLeast: 3 } }, false],
  [{ value: NaN, goal: { atMost: 3 } }, false],
  [{ value: 3 }, undefined],
])('a goal is met or not: %j', (figure, met) => {
  expect(isMet({ id: '', name: '', unit: '×', ...figure })).toBe(met);
});

test.each([
  [12_345.6, '12,346'],
  [123.4, '123'],
  [12.345, '12.3'],
  [0.0012345, '0.00123'],
  [3, '3'],
])('%d is written %s', (value, text) => expect(formatNumber(value)).toBe(text));

test('the median and the quantiles of nothing, one and many', () => {
  expect([median([]), median([4]), median([9, 1, 5])]).toEqual([0, 4, 5]);
  expect(quantile([5, 4, 3, 2, 1], 0.99)).toBe(5);
});

test('units and goals are written with their values', () => {
  const [kept, missed, told] = report.figures;
  expect([kept, missed].map((figure) => figure && valueOf(figure))).toEqual([
    '2.5×',
    '1,235 spans/s',
  ]);
  expect([kept, missed, told].map((figure) => figure && goalOf(figure))).toEqual([
    '≤ 3×',
    '≥ 5,000 spans/s',
    '',
  ]);
});

test('the table says what is met, what is not, and what no goal is for', () => {
  const cells = (name: string) =>
    toMarkdown(report)
      .split('\n')
      .find((line) => line.includes(name))
      ?.split('|')
      .map((cell) => cell.trim());
  expect(cells('Kept')).toEqual(['', 'Kept', '2.5×', '≤ 3×', 'yes', 'why', '']);
  expect(cells('Missed')?.[4]).toBe('NO');
  expect(cells('Only told')?.[4]).toBe('');
  expect(toText(report)).toMatch(/^Commit abc1234, 2026-01-01, Node 24.0.0, SQLite 3.50.0/);
});

test('shortfalls are listed, and where there are none that is said', () => {
  expect(shortfalls(report)).toBe('- Missed: 1,235 spans/s, goal ≥ 5,000 spans/s');
  expect(shortfalls({ ...report, figures: [] })).toBe('Every goal is met.');
});

test('only the generated parts of the document are replaced', () => {
  const text = 'Kept\n<!-- a -->\nold\n<!-- /a -->\nkept\n<!-- b -->\n<!-- /b -->\n';
  expect(replacePart(text, ['a', 'new'])).toBe(
    'Kept\n<!-- a -->\n\nnew\n\n<!-- /a -->\nkept\n<!-- b -->\n<!-- /b -->\n',
  );
  expect(() => replacePart(text, ['c', 'new'])).toThrow(/no part 'c'/);
});
