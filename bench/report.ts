import { execFileSync } from 'node:child_process';
import { availableParallelism, cpus, loadavg } from 'node:os';
import { goalOf, isMet, valueOf, type Figure } from './figure';

/** What was measured, where, and how it is written down. */
export interface Report {
  readonly commit: string;
  readonly date: string;
  readonly node: string;
  readonly sqlite: string;
  readonly zstd: string;
  readonly machine: string;
  /** Processes that wanted a processor, on average, per processor: above 1 the rest is noise. */
  readonly load: number;
  readonly scale: string;
  readonly figures: readonly Figure[];
}

/** Said under every table: which crash which setting survives. */
export const durabilityNote = [
  'Durability: a request is answered after its COMMIT. As shipped (WAL, synchronous=NORMAL) what',
  'was answered outlives the death of the process at any moment, kill -9 included; a power failure',
  'or a crash of the system may lose the last moments, never the file. With `durability: full`',
  '(synchronous=FULL) it outlives those too, for one flush of the disk a commit. The limit flushes',
  'with every batch, the JSON rows are as durable as the product.',
] as const;

export function makeReport(scale: string, figures: readonly Figure[], loads: readonly number[]) {
  const { node, sqlite = '?', zstd = '?' } = process.versions;
  const cores = availableParallelism();
  const load = Math.max(...loads, loadNow());
  const report: Report = {
    ...{ commit: commitOf(), date: new Date().toISOString().slice(0, 10) },
    ...{ node, sqlite, zstd, scale, figures, load },
    machine: `${cores} × ${cpus()[0]?.model.trim() ?? 'unknown'}, ${process.platform}-${process.arch}`,
  };
  return report;
}

export function loadNow(): number {
  return (loadavg()[0] ?? 0) / availableParallelism();
}

function commitOf(): string {
  const git = (...parameters: string[]) =>
    execFileSync('git', parameters, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  try {
    const changed = git('status', '--porcelain', '--untracked-files=no', 'src', 'bench') !== '';
    return git('rev-parse', '--short', 'HEAD').trim() + (changed ? ' with changes' : '');
  } catch {
    return 'unknown';
  }
}

const headings = ['Figure', 'Measured', 'Goal', 'Met', 'Beside it'] as const;

/** Where every column is as wide as its widest cell. */
export function toText(report: Report): string {
  const rows = [headings, ...report.figures.map(cellsOf)];
  const widths = headings.map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)));
  const lines = rows.map((row) =>
    row
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  return [headOf(report), '', ...lines, '', ...durabilityNote].join('\n');
}

export function toMarkdown(report: Report): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const rows = report.figures.map((figure) => line(cellsOf(figure)));
  const table = [line(headings), line(headings.map(() => '---')), ...rows];
  return [headOf(report), '', ...table, '', durabilityNote.join('\n')].join('\n');
}

/** What misses its goal, a line each. */
export function shortfalls({ figures }: Report): string {
  const missed = figures.filter((figure) => isMet(figure) === false);
  if (missed.length === 0) return 'Every goal is met.';
  return missed
    .map((figure) => `- ${figure.name}: ${valueOf(figure)}, goal ${goalOf(figure)}`)
    .join('\n');
}

function headOf({ commit, date, node, sqlite, zstd, machine, load, scale }: Report): string {
  const busy = load > 1.5 ? `, busy with other work (load ${load.toFixed(1)} a processor)` : '';
  return `Commit ${commit}, ${date}, Node ${node}, SQLite ${sqlite}, zstd ${zstd}, ${scale} run on ${machine}${busy}.`;
}

function cellsOf(figure: Figure): readonly string[] {
  const met = isMet(figure);
  return [
    figure.name,
    valueOf(figure),
    goalOf(figure),
    met === undefined ? '' : met ? 'yes' : 'NO',
    figure.detail ?? '',
  ];
}
