import { describe, expect, test } from 'vitest';
import { install } from './install';
import { columns, type Column } from './judge';
import { runRow } from './run';
import { rows, type Row } from './rows';
import { cellsOf } from './table';

/** The rows of `docs/compatibility.md` that every change is held to: what they have, they keep. */
const tested = rows.filter(({ tested = false }) => tested);
const [firstPython] = tested.filter(({ set }) => set.language === 'Python');
const python = firstPython && (await install(firstPython.set));
const skipped = python && 'skipped' in python ? python.skipped : undefined;

async function holds(row: Row): Promise<void> {
  const installed = await install(row.set);
  if ('skipped' in installed) throw new Error(installed.skipped);
  const { verdicts } = await runRow(row, installed);
  const cells = cellsOf(row, verdicts);
  const known = new Set<string>(['yes', '', ...Object.values(row.because ?? {})]);
  const missing = columns.flatMap((column: Column, i) =>
    known.has(cells[i] ?? '') ? [] : `${column}: ${cells[i] ?? ''}`,
  );
  expect(missing).toEqual([]);
}

test.each(tested.filter(({ set }) => set.language === 'JavaScript'))(
  '$name',
  async (row) => holds(row),
  300_000,
);

describe.skipIf(skipped !== undefined)(`Python ${skipped ?? ''}`, () => {
  test.each(tested.filter(({ set }) => set.language === 'Python'))(
    '$name',
    async (row) => holds(row),
    300_000,
  );
});
