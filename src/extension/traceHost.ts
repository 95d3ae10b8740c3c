import { isAbsolute, join } from 'node:path';
import * as vscode from 'vscode';
import { UserError } from '../base/errors';
import type { TraceHost } from '../protocol';
import type { Services } from './services';

const languages = new Set(['json', 'markdown', 'plaintext', 'python', 'xml', 'html', 'yaml']);

/**
 * Answers the trace page. Whatever the page passes on may have come from a trace: ids are
 * checked, paths are looked for inside the workspace only, links are shown before they open.
 */
export function createTraceHost(services: Services, traceId: string): TraceHost {
  const core = () => services.core();
  return {
    async trace(first) {
      const limit = typeof first === 'number' && first > 0 ? Math.floor(first) : undefined;
      const view = await (await core()).query.view(traceId, limit);
      return view && { ...view, now: Date.now() * 1000 };
    },
    observation: async (spanId) => (await core()).query.observation(traceId, checkedId(spanId)),
    async openSource(spanId) {
      const { query } = await core();
      const observation = await query.observation(traceId, checkedId(spanId));
      const source = observation?.source;
      if (!source) throw new UserError('This observation names no source file.');
      await openSource(source.file, source.line);
    },
    openFile: async (file, line) => openSource(String(file), Number(line)),
    openText: async (title, language, text) =>
      services.texts.open(
        String(title),
        languages.has(language) ? language : 'plaintext',
        String(text),
      ),
    copy: async (text) => vscode.env.clipboard.writeText(String(text)),
    openLink: async (url) => openLink(url),
    setStarred: async (starred) => (await core()).writes.setStarred(traceId, starred === true),
  };
}

function checkedId(spanId: string): string {
  if (typeof spanId !== 'string' || !/^[0-9a-f]{16}$/.test(spanId)) {
    throw new UserError('Not the id of an observation.');
  }
  return spanId;
}

async function openSource(file: string, line: number | undefined): Promise<void> {
  const found = await findInWorkspace(file);
  if (!found) throw new UserError(`${file} is not a file of this workspace.`);
  const row = Math.max(0, (line ?? 1) - 1);
  await vscode.window.showTextDocument(found, {
    ...{ viewColumn: vscode.ViewColumn.Beside, preview: true },
    selection: new vscode.Range(row, 0, row, 0),
  });
}

/** A traced path may be absolute, or relative to a folder only the traced process knew. */
async function findInWorkspace(file: string): Promise<vscode.Uri | undefined> {
  const folders = vscode.workspace.workspaceFolders ?? [];
  const candidates = isAbsolute(file)
    ? [vscode.Uri.file(file)]
    : folders.map((folder) => vscode.Uri.file(join(folder.uri.fsPath, file)));
  for (const uri of candidates) {
    if (vscode.workspace.getWorkspaceFolder(uri) && (await exists(uri))) return uri;
  }
  if (isAbsolute(file)) return undefined;
  const pattern = `**/${file.replace(/^\.\//, '').replace(/[[\]{}*?]/g, '?')}`;
  const matches = await vscode.workspace.findFiles(pattern, '**/node_modules/**', 2);
  return matches.length === 1 ? matches[0] : undefined;
}

async function exists(uri: vscode.Uri): Promise<boolean> {
  return vscode.workspace.fs.stat(uri).then(
    () => true,
    () => false,
  );
}

async function openLink(url: string): Promise<void> {
  if (!/^https?:\/\//i.test(url)) throw new UserError('Only web links can be opened.');
  const choice = await vscode.window.showWarningMessage(
    'Open this link from the trace?',
    { modal: true, detail: url },
    'Open',
  );
  if (choice === 'Open') await vscode.env.openExternal(vscode.Uri.parse(url, true));
}
