import * as vscode from 'vscode';
import { describeCost, describeUsage, formatDuration } from '../model/format';
import type { Trace } from '../model/trace';
import type { Json } from '../model/value';

const mostText = 600;

/** What went in, what came out and what it cost. Everything from the trace is plain text. */
export function traceTooltip(trace: Trace): vscode.MarkdownString {
  const tooltip = new vscode.MarkdownString(undefined, true);
  tooltip.appendText(`${trace.name}\n`);
  const facts = [
    trace.status,
    trace.endTime === undefined ? [] : formatDuration(trace.endTime - trace.startTime),
    trace.usage ? describeUsage(trace.usage) : [],
    describeCost(trace.cost, trace.unpricedCalls) ?? 'cost unknown',
    trace.models.join(', '),
  ].flat();
  tooltip.appendText(`${facts.filter((fact) => fact !== '').join(' · ')}\n`);
  if (trace.firstError) section(tooltip, 'Error', trace.firstError.message);
  if (trace.input !== undefined) section(tooltip, 'Input', trace.input);
  if (trace.output !== undefined) section(tooltip, 'Output', trace.output);
  return tooltip;
}

function section(tooltip: vscode.MarkdownString, title: string, value: Json): void {
  const text = typeof value === 'string' ? value : JSON.stringify(value, undefined, 2);
  tooltip.appendMarkdown(`\n**${title}**\n`);
  tooltip.appendCodeblock(text.length > mostText ? `${text.slice(0, mostText)}…` : text);
}
