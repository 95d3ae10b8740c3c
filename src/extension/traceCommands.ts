import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import { once } from 'node:events';
import * as vscode from 'vscode';
import { UserError } from '../base/errors';
import { exportTrace } from '../core/exportTrace';
import { parseFilter } from '../model/filterParse';
import type { TraceSummary } from '../model/trace';
import { isRecord } from '../model/value';
import type { Services } from './services';

/** Commands on traces take the tree's node they were called on, else what is selected there. */

export function openTrace(services: Services, node?: unknown): void {
  const [trace] = tracesOf(services, [node]);
  services.panels.open(trace.traceId, trace.name);
}

export async function starTrace(services: Services, ...args: readonly unknown[]): Promise<void> {
  await setStarred(services, args, true);
}

export async function unstarTrace(services: Services, ...args: readonly unknown[]): Promise<void> {
  await setStarred(services, args, false);
}

async function setStarred(
  services: Services,
  args: readonly unknown[],
  starred: boolean,
): Promise<void> {
  const { writes } = await services.core();
  for (const { traceId } of tracesOf(services, args)) await writes.setStarred(traceId, starred);
}

export async function deleteTraces(services: Services, ...args: readonly unknown[]): Promise<void> {
  await removeWithUndo(services, tracesOf(services, args));
}

/** Deletes what is listed; starred traces stay. */
export async function clearTraces(services: Services): Promise<void> {
  const traces = services.traces.listed.filter((trace) => !trace.starred);
  if (traces.length === 0)
    throw new UserError('There is nothing to clear; starred traces are kept.');
  const choice = await vscode.window.showWarningMessage(
    `Delete ${count(traces.length)} listed here? Starred ones are kept.`,
    { modal: true },
    'Delete',
  );
  if (choice === 'Delete') await removeWithUndo(services, traces);
}

async function removeWithUndo(services: Services, traces: readonly TraceSummary[]): Promise<void> {
  const { writes } = await services.core();
  const traceIds = traces.map(({ traceId }) => traceId);
  await writes.remove(traceIds);
  const choice = await vscode.window.showInformationMessage(
    `Deleted ${count(traces.length)}.`,
    'Undo',
  );
  if (choice === 'Undo') await writes.restore(traceIds);
}

export async function exportOne(services: Services, node?: unknown): Promise<void> {
  const [trace] = tracesOf(services, [node]);
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const name = `trace-${trace.traceId.slice(0, 8)}.otlp.json`;
  const target = await vscode.window.showSaveDialog({
    title: 'Export Trace',
    defaultUri: folder && vscode.Uri.joinPath(folder, name),
    filters: { 'OpenTelemetry JSON': ['json'] },
  });
  if (!target) return;
  const { query } = await services.core();
  const stream = createWriteStream(target.fsPath);
  await once(stream, 'open');
  for await (const piece of exportTrace(query, trace.traceId)) {
    if (!stream.write(piece)) await once(stream, 'drain');
  }
  stream.end();
  await finished(stream);
  const choice = await vscode.window.showInformationMessage(
    `Exported to ${target.fsPath}.`,
    'Open',
  );
  if (choice === 'Open') await vscode.window.showTextDocument(target);
}

export async function importTraces(services: Services): Promise<void> {
  const files = await vscode.window.showOpenDialog({
    ...{ title: 'Import Traces', canSelectMany: true, openLabel: 'Import' },
    filters: { OpenTelemetry: ['json', 'jsonl', 'otlp', 'pb'] },
  });
  if (!files) return;
  const { writes } = await services.core();
  const totals = { traces: 0, spans: 0, duplicates: 0 };
  await vscode.window.withProgress(
    {
      location: vscode.ProgressLocation.Notification,
      title: 'Importing traces',
      cancellable: true,
    },
    async (progress, token) => {
      for (const [index, file] of files.entries()) {
        if (token.isCancellationRequested) return;
        progress.report({ message: `${index + 1} of ${files.length}` });
        const bytes = Buffer.from(await vscode.workspace.fs.readFile(file));
        const isJson = /^\s*[[{]/.test(bytes.toString('utf8', 0, 64));
        const added = await writes.importTraces(
          isJson ? { json: bytes.toString('utf8') } : { base64: bytes.toString('base64') },
        );
        totals.traces += added.traces;
        totals.spans += added.spans;
        totals.duplicates += added.duplicates;
      }
    },
  );
  void vscode.window.showInformationMessage(
    `Imported ${count(totals.traces)}: ${totals.spans} new spans, ${totals.duplicates} already here.`,
  );
}

export async function copyTraceId(services: Services, node?: unknown): Promise<void> {
  const [trace] = tracesOf(services, [node]);
  await vscode.env.clipboard.writeText(trace.traceId);
}

export async function filterTraces(services: Services): Promise<void> {
  const text = await vscode.window.showInputBox({
    ...{ title: 'Filter Traces', value: services.traces.filterSource, ignoreFocusOut: true },
    prompt:
      'For example: status:error  cost>0.01  latency>2s  kind:tool name:search*  since:2h  -agent:triage',
    validateInput: (value) => {
      const parsed = parseFilter(value);
      if (!('problem' in parsed)) return undefined;
      return `${parsed.problem} (at character ${parsed.position + 1})`;
    },
  });
  if (text !== undefined) await services.traces.setFilter(text);
}

export async function clearFilter(services: Services): Promise<void> {
  await services.traces.setFilter('');
}

/** Mutes web servers, databases and build tools by name; what is unticked is no longer listed. */
export async function chooseServices(services: Services): Promise<void> {
  const known = services.traces.services;
  if (known.length === 0) {
    throw new UserError('Only agents have reported here: there is no other service to choose.');
  }
  const picked = await vscode.window.showQuickPick(
    known.map(({ name, shown }) => ({ label: name, picked: shown })),
    {
      ...{ title: 'Other Services', canPickMany: true },
      placeHolder: 'Which services’ traces are listed?',
    },
  );
  if (!picked) return;
  const shown = new Set(picked.map(({ label }) => label));
  await services.traces.mute(known.map(({ name }) => name).filter((name) => !shown.has(name)));
}

export async function loadMore(services: Services): Promise<void> {
  await services.traces.loadMore();
}

/** The traces of the nodes a menu passes on (one, and the whole selection), or the selection. */
function tracesOf(
  services: Services,
  args: readonly unknown[],
): readonly [TraceSummary, ...TraceSummary[]] {
  const nodes: readonly unknown[] = Array.isArray(args[1]) ? args[1] : args.slice(0, 1);
  const named = nodes.flatMap((node) => (isTraceNode(node) ? node.trace : []));
  const [first, ...others] = named.length > 0 ? named : services.traces.selection;
  if (!first) throw new UserError('Select a trace in the Glassbox sidebar first.');
  return [first, ...others];
}

function isTraceNode(node: unknown): node is { readonly trace: TraceSummary } {
  return isRecord(node) && node.type === 'trace' && isRecord(node.trace);
}

function count(traces: number): string {
  return traces === 1 ? '1 trace' : `${traces} traces`;
}
