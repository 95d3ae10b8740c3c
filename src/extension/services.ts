import { join } from 'node:path';
import * as vscode from 'vscode';
import { Disposables } from '../base/disposable';
import { Core } from '../core/core';
import { standardGrpcPort, standardHttpPort } from '../model/ports';
import { AgentRuns } from './agentRuns';
import { Capture } from './capture';
import { createOutput, type Output } from './output';
import { identityOf, type Identity } from './identity';
import { TextDocuments } from './textDocuments';
import { TracePanels } from './tracePanels';
import { TracesView } from './tracesView';
import { StatusBar } from './statusBar';

/** Everything that lives as long as the window, made here and nowhere else. */
export class Services implements vscode.Disposable {
  private readonly disposables = new Disposables();
  readonly output: Output;
  readonly identity: Identity;
  readonly capture: Capture;
  readonly texts: TextDocuments;
  readonly traces: TracesView;
  readonly panels: TracePanels;
  readonly runs: AgentRuns;
  readonly statusBar: StatusBar;
  private opened: Promise<Core> | undefined;

  constructor(readonly context: vscode.ExtensionContext) {
    this.output = this.disposables.add(createOutput());
    this.identity = identityOf(context);
    this.capture = this.disposables.add(new Capture(this));
    this.texts = this.disposables.add(new TextDocuments());
    this.traces = this.disposables.add(new TracesView(this));
    this.panels = this.disposables.add(new TracePanels(this));
    this.runs = this.disposables.add(new AgentRuns(this));
    this.statusBar = this.disposables.add(new StatusBar(this));
  }

  /** The core, opened at the first call; rejects with a `UserError` where it cannot be. */
  core(): Promise<Core> {
    this.opened ??= this.open();
    return this.opened;
  }

  async close(): Promise<void> {
    this.dispose();
    const core = await this.opened?.catch(() => undefined);
    await core?.close();
  }

  dispose(): void {
    this.disposables.dispose();
  }

  private async open(): Promise<Core> {
    const { identity, output, context } = this;
    const settings = vscode.workspace.getConfiguration('glassbox');
    const core = await Core.open({
      workerFile: join(context.extensionPath, 'dist', 'worker.js'),
      folders: identity.folders,
      alone: false,
      log: output.log,
      ingest: {
        ...{ file: identity.storeFile, token: identity.token, folder: identity.folders[0] },
        ...{ port: identity.port, whenTaken: 'nextFree' },
        workspace: identity.workspace,
        standardPorts: settings.get('receiver.standardPorts', true)
          ? { http: standardHttpPort, grpc: standardGrpcPort }
          : undefined,
        allowedHosts: settings.get<string[]>('receiver.allowedHosts', []),
        prices: plain(settings.get('prices', {})),
        secretPatterns: plain(settings.get('masking.patterns', [])),
        retentionBytes: settings.get('retention.megabytes', 1000) * 1_000_000,
      },
    });
    core.onNotice((message) => void vscode.window.showWarningMessage(message));
    core.onTracesChanged((changes) => {
      this.traces.update(changes);
      this.panels.update(changes);
      this.statusBar.update(changes);
    });
    core.onListening(() => this.capture.listening(core.endpoint));
    this.capture.listening(core.endpoint);
    this.statusBar.ready(core);
    this.traces.ready(core);
    return core;
  }
}

/** Objects of the configuration are proxies, which cannot be sent to a worker. */
function plain<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}
