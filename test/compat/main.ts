import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { install, type Installed } from './install';
import { rows, type Row } from './rows';
import { runRow } from './run';
import { cellsOf, table, type Line } from './table';

/**
 * `npm run compat [-- ROW...]`: runs real packages against the scripted model and writes what was
 * read of each into `docs/compatibility.md`; with rows named, prints those alone.
 */
async function main(): Promise<void> {
  const asked = process.argv.slice(2);
  const chosen = asked.length === 0 ? rows : rows.filter(({ name }) => asked.includes(name));
  const sets = new Map<string, Promise<Installed | { readonly skipped: string }>>();
  const lines: Line[] = [];
  for (const row of chosen) {
    const known = sets.get(row.set.name) ?? install(row.set);
    sets.set(row.set.name, known);
    const line = await lineOf(row, await known);
    process.stderr.write(`${row.name}: ${JSON.stringify(line.cells)}\n`);
    lines.push(line);
  }
  const text = table(lines);
  if (asked.length > 0) process.stdout.write(text);
  else writeFileSync(resolve('docs', 'compatibility.md'), text);
}

async function lineOf(row: Row, installed: Installed | { skipped: string }): Promise<Line> {
  if ('skipped' in installed) return { row, versions: [], cells: installed.skipped };
  const versions = row.packages.map(
    (name) => `${name} ${installed.versions.get(name.toLowerCase()) ?? '?'}`,
  );
  try {
    return { row, versions, cells: cellsOf(row, (await runRow(row, installed)).verdicts) };
  } catch (error) {
    return { row, versions, cells: String(error) };
  }
}

void main();
