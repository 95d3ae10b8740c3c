import { styleText } from 'node:util';
import { detailAt, kindAt, nameAt, statusAt, type TraceColumns } from '../model/columns';
import {
  describeCost,
  formatCost,
  formatCount,
  formatDuration,
  totalTokens,
} from '../model/format';
import type { ObservationKind, ObservationStatus } from '../model/observation';
import type { TraceSummary } from '../model/trace';

/** A trace as a tree of text, a line an observation. */

type Style = Parameters<typeof styleText>[0];
export type Paint = (style: Style, text: string) => string;

/** Colours only where a terminal shows them and nobody asked not to (`NO_COLOR`). */
export function painter(stream: NodeJS.WriteStream): Paint {
  return (style, text) => styleText(style, text, { stream, validateStream: true });
}

export const plain: Paint = (_, text) => text;

const kindStyles: Partial<Record<ObservationKind, Style>> = {
  agent: 'magenta',
  generation: 'cyan',
  tool: 'yellow',
  handoff: 'blue',
  guardrail: 'green',
};

const statusMarks: Record<ObservationStatus, string> = {
  ok: '',
  error: ' ✗ error',
  running: ' … running',
  interrupted: ' ⊘ interrupted',
};

/** Most lines a person reads; `glassbox trace ID --json` has them all. */
const mostLines = 500;

export function traceTree(trace: TraceSummary, columns: TraceColumns, paint: Paint): string {
  const shown = Math.min(columns.count, mostLines);
  const lines = [traceHeading(trace, paint)];
  for (let row = 0; row < shown; row++) {
    lines.push(branchAt(columns, row) + observationLine(columns, row, paint));
  }
  if (columns.count > shown) {
    lines.push(`… and ${columns.count - shown} more: glassbox trace ${trace.traceId} --json`);
  }
  if (trace.firstError)
    lines.push(paint('red', `first error: ${oneLine(trace.firstError.message)}`));
  return `${lines.join('\n')}\n`;
}

/** Name, id and totals of a trace on one line. */
export function traceHeading(trace: TraceSummary, paint: Paint): string {
  const tokens = totalTokens(trace.usage);
  const facts = [
    trace.endTime === undefined ? 'running' : formatDuration(trace.endTime - trace.startTime),
    tokens === undefined ? [] : `${formatCount(tokens)} tokens`,
    describeCost(trace.cost, trace.unpricedCalls) ?? [],
    trace.errorCount === 0 ? [] : `${trace.errorCount} error${trace.errorCount === 1 ? '' : 's'}`,
  ].flat();
  const name = paint(trace.status === 'error' ? ['bold', 'red'] : 'bold', oneLine(trace.name));
  return `${name}  ${paint('dim', `${trace.traceId}  ${facts.join(' · ')}`)}`;
}

function observationLine(columns: TraceColumns, row: number, paint: Paint): string {
  const kind = kindAt(columns, row);
  const status = statusAt(columns, row);
  const detail = detailAt(columns, row);
  const duration = columns.duration[row] ?? -1;
  const tokens = columns.tokens[row] ?? -1;
  const cost = columns.cost[row] ?? -1;
  const facts = [
    detail === '' ? [] : detail,
    duration < 0 ? [] : formatDuration(duration),
    tokens < 0 ? [] : `${formatCount(tokens)} tokens`,
    cost < 0 ? [] : formatCost(cost),
  ].flat();
  const label = paint(kindStyles[kind] ?? 'dim', kind.padEnd(10));
  const mark = statusMarks[status] === '' ? '' : paint(statusStyle(status), statusMarks[status]);
  return `${label} ${oneLine(nameAt(columns, row))}  ${paint('dim', facts.join(' · '))}${mark}`;
}

function statusStyle(status: ObservationStatus): Style {
  return status === 'error' ? 'red' : 'yellow';
}

/** The lines that lead from the root to a row: `│  └─ `. */
function branchAt(columns: TraceColumns, row: number): string {
  let branch = isLastChild(columns, row) ? '└─ ' : '├─ ';
  for (let above = columns.parent[row] ?? -1; above >= 0; above = columns.parent[above] ?? -1) {
    branch = (isLastChild(columns, above) ? '   ' : '│  ') + branch;
  }
  return branch;
}

/** Rows stand in tree order: the next sibling, if any, follows behind the subtree. */
function isLastChild(columns: TraceColumns, row: number): boolean {
  const next = row + (columns.subtree[row] ?? 1);
  return next >= columns.count || columns.parent[next] !== columns.parent[row];
}

/** Control characters and line breaks of a trace must not reach the terminal. */
export function oneLine(text: string): string {
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  const line = text.replace(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]+/g, ' ');
  return line.length > 120 ? `${line.slice(0, 119)}…` : line;
}
