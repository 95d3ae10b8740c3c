import * as vscode from 'vscode';
import { describeCost, formatCount, formatDuration, totalTokens } from '../model/format';
import { sumCost } from '../model/rollup';
import type { ObservationStatus } from '../model/observation';
import type { TraceSummary } from '../model/trace';

/** The nodes of the *Traces* tree and how each is shown. */
export type TraceNode =
  | { readonly type: 'trace'; readonly trace: TraceSummary }
  | {
      readonly type: 'session';
      readonly sessionId: string;
      readonly traces: readonly TraceSummary[];
    }
  /** Web servers, databases and build tools that report here by the way. */
  | { readonly type: 'others'; readonly traces: readonly TraceSummary[] }
  | { readonly type: 'more' };

export function itemOf(node: TraceNode): vscode.TreeItem {
  switch (node.type) {
    case 'trace':
      return traceItem(node.trace);
    case 'session':
      return sessionItem(node.sessionId, node.traces);
    case 'others': {
      const item = new vscode.TreeItem('Other services', vscode.TreeItemCollapsibleState.Collapsed);
      item.id = 'others';
      item.description = String(node.traces.length);
      item.contextValue = 'services';
      item.iconPath = new vscode.ThemeIcon('server-process');
      item.tooltip = 'Traces without any model call, agent or tool';
      return item;
    }
    case 'more': {
      const item = new vscode.TreeItem('Load more…');
      item.id = 'more';
      item.iconPath = new vscode.ThemeIcon('ellipsis');
      item.command = { command: 'glassbox.traces.loadMore', title: 'Load More' };
      return item;
    }
  }
}

const icons: Record<ObservationStatus, vscode.ThemeIcon> = {
  running: new vscode.ThemeIcon('loading~spin', new vscode.ThemeColor('charts.blue')),
  ok: new vscode.ThemeIcon('pass', new vscode.ThemeColor('testing.iconPassed')),
  error: new vscode.ThemeIcon('error', new vscode.ThemeColor('testing.iconFailed')),
  interrupted: new vscode.ThemeIcon('circle-slash', new vscode.ThemeColor('charts.yellow')),
};

function traceItem(trace: TraceSummary): vscode.TreeItem {
  const item = new vscode.TreeItem(oneLine(trace.name));
  item.id = trace.traceId;
  item.description = describeTrace(trace);
  item.iconPath = icons[trace.status];
  item.contextValue = trace.starred ? 'trace.starred' : 'trace';
  item.command = {
    ...{ command: 'glassbox.trace.open', title: 'Open Trace' },
    arguments: [{ type: 'trace', trace } satisfies TraceNode],
  };
  item.accessibilityInformation = {
    label: `${trace.name}, ${trace.status}, ${describeTrace(trace)}`,
  };
  return item;
}

function sessionItem(sessionId: string, traces: readonly TraceSummary[]): vscode.TreeItem {
  const item = new vscode.TreeItem(oneLine(sessionId), vscode.TreeItemCollapsibleState.Expanded);
  const cost = sumCost(traces.flatMap((trace) => trace.cost ?? []));
  const unpriced = traces.reduce((sum, trace) => sum + trace.unpricedCalls, 0);
  const facts = [`${traces.length} traces`, describeCost(cost, unpriced) ?? []].flat();
  item.id = `session ${sessionId}`;
  item.description = facts.join(' · ');
  item.iconPath = new vscode.ThemeIcon('comment-discussion');
  item.contextValue = 'session';
  item.tooltip = `Session ${sessionId}`;
  return item;
}

function describeTrace(trace: TraceSummary): string {
  const tokens = totalTokens(trace.usage);
  const handled = trace.status === 'error' ? 0 : trace.errorCount;
  return [
    trace.starred ? '★' : [],
    clock(trace.startTime),
    trace.endTime === undefined ? [] : formatDuration(trace.endTime - trace.startTime),
    tokens === undefined ? [] : `${formatCount(tokens)} tok`,
    describeCost(trace.cost, trace.unpricedCalls) ?? [],
    handled === 0 ? [] : `${handled} handled ${handled === 1 ? 'error' : 'errors'}`,
  ]
    .flat()
    .join(' · ');
}

/** The time of today's traces, the date of older ones. */
function clock(time: number): string {
  const date = new Date(time / 1000);
  const today = new Date().toDateString() === date.toDateString();
  return today
    ? date.toLocaleTimeString([], {
        hour: '2-digit',
        minute: '2-digit',
        second: '2-digit',
        hourCycle: 'h23',
      })
    : date.toLocaleDateString([], { month: 'short', day: 'numeric' });
}

/** Names come from outside: no control characters, nothing endless, never empty. */
export function oneLine(text: string): string {
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  const line = text.replace(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]+/g, ' ').trim();
  if (line === '') return '(no name)';
  return line.length > 200 ? `${line.slice(0, 199)}…` : line;
}
