import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import { connect, serve, type Port } from '../base/channel';
import { Disposables } from '../base/disposable';
import type { TraceChanges } from '../core/core';
import type { TracePage } from '../protocol';
import type { Services } from './services';
import { createTraceHost } from './traceHost';
import { oneLine } from './traceNodes';

export const tracePanelType = 'glassbox.trace';

interface OpenPanel {
  readonly panel: vscode.WebviewPanel;
  readonly page: TracePage;
}

/** The open *Trace* panels, one a trace; they come back after a reload of the window. */
export class TracePanels implements vscode.Disposable {
  private readonly disposables = new Disposables();
  private readonly panels = new Map<string, OpenPanel>();

  constructor(private readonly services: Services) {
    this.disposables.add(
      vscode.window.registerWebviewPanelSerializer(tracePanelType, {
        deserializeWebviewPanel: async (panel, state: unknown) => {
          const traceId = traceIdOf(state);
          if (traceId === undefined) panel.dispose();
          else this.attach(panel, traceId);
        },
      }),
    );
  }

  dispose(): void {
    this.disposables.dispose();
  }

  open(traceId: string, name: string): void {
    const known = this.panels.get(traceId);
    if (known) {
      known.panel.reveal();
      return;
    }
    const panel = vscode.window.createWebviewPanel(
      tracePanelType,
      titleOf(name),
      vscode.ViewColumn.Active,
    );
    this.attach(panel, traceId);
  }

  update({ changed, removed }: TraceChanges): void {
    for (const trace of changed) {
      const open = this.panels.get(trace.traceId);
      if (!open) continue;
      open.panel.title = titleOf(trace.name);
      void open.page.traceChanged().catch(() => undefined);
    }
    for (const traceId of removed) {
      void this.panels
        .get(traceId)
        ?.page.traceChanged()
        .catch(() => undefined);
    }
  }

  private attach(panel: vscode.WebviewPanel, traceId: string): void {
    const { extensionUri } = this.services.context;
    const root = vscode.Uri.joinPath(extensionUri, 'dist', 'webview');
    const own = new Disposables();
    const port = webviewPort(panel.webview);
    own.add(serve(port, createTraceHost(this.services, traceId)));
    const page = own.add(connect<TracePage>(port));
    panel.webview.options = { enableScripts: true, enableForms: false, localResourceRoots: [root] };
    panel.iconPath = vscode.Uri.joinPath(extensionUri, 'media', 'glassbox.svg');
    panel.webview.html = pageHtml(panel.webview, root, traceId);
    this.panels.set(traceId, { panel, page });
    panel.onDidDispose(() => {
      this.panels.delete(traceId);
      own.dispose();
    });
  }
}

function webviewPort(webview: vscode.Webview): Port {
  return {
    post: (message) => void webview.postMessage(message),
    listen: (handler) => webview.onDidReceiveMessage(handler),
  };
}

/** Only our own script runs, only our own files load; images may be data, never an address. */
function pageHtml(webview: vscode.Webview, root: vscode.Uri, traceId: string): string {
  const nonce = randomBytes(16).toString('base64url');
  const file = (name: string) => webview.asWebviewUri(vscode.Uri.joinPath(root, name)).toString();
  const emptyStyle = 'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=';
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src ${webview.cspSource} '${emptyStyle}'`,
    `font-src ${webview.cspSource}`,
    'img-src data:',
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="${file('codicon.css')}" id="vscode-codicon-stylesheet">
<link rel="stylesheet" href="${file('trace.css')}">
<title>Trace</title>
</head>
<body>
<div id="root" data-trace-id="${traceId}"></div>
<script nonce="${nonce}" src="${file('trace.js')}"></script>
</body>
</html>`;
}

/** What a page kept of itself; anything else is no trace. */
function traceIdOf(state: unknown): string | undefined {
  if (typeof state !== 'object' || state === null || !('traceId' in state)) return undefined;
  const { traceId } = state;
  return typeof traceId === 'string' && /^[0-9a-f]{32}$/.test(traceId) ? traceId : undefined;
}

function titleOf(name: string): string {
  const title = oneLine(name);
  return title.length > 40 ? `${title.slice(0, 39)}…` : title;
}
