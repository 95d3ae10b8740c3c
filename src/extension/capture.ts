import { join } from 'node:path';
import { delimiter } from 'node:path';
import * as vscode from 'vscode';
import { Disposables } from '../base/disposable';
import { toError } from '../base/errors';
import { discoverAgents } from '../run/discover';
import { captureEnvironment, type CaptureLevel } from '../run/environment';
import { hookFolders, installHooks, nodeShim, type InstalledHooks } from './hooks';
import type { Services } from './services';

type TerminalMode = 'auto' | 'all' | 'otel' | 'off';

const endpointKey = 'capture.endpoint';
const sdksKey = 'capture.sdksSeen';
const hooksKey = 'capture.hooksVersion';

/**
 * Makes terminals, debug sessions and agents report here. Terminals are told synchronously at
 * activation, from what earlier sessions remembered, and a value is only written when it differs:
 * every change after a terminal has started shows the user a warning in it.
 */
export class Capture implements vscode.Disposable {
  private readonly disposables = new Disposables();
  private readonly hooks: InstalledHooks;

  constructor(private readonly services: Services) {
    const { context } = services;
    this.hooks = hookFolders(context.globalStorageUri.fsPath);
    this.writeTerminals();
    this.disposables.add(
      vscode.workspace.onDidChangeConfiguration((change) => {
        if (change.affectsConfiguration('glassbox.capture')) this.writeTerminals();
      }),
    );
    this.disposables.add(vscode.workspace.onDidGrantWorkspaceTrust(() => this.writeTerminals()));
  }

  dispose(): void {
    this.disposables.dispose();
  }

  /** Remembers where spans go; terminals hear of it only when it is another place. */
  listening(endpoint: string): void {
    if (endpoint === this.endpoint) return;
    void this.services.context.workspaceState.update(endpointKey, endpoint);
    this.writeTerminals();
  }

  /** Work for after activation: puts the hooks in place and looks for SDKs in the workspace. */
  async prepare(): Promise<void> {
    const { context, identity, output } = this.services;
    try {
      await installHooks(join(context.extensionPath, 'dist'), this.hooks);
      const { version } = context.extension.packageJSON as { version: string };
      await context.globalState.update(hooksKey, version);
    } catch (error) {
      output.log.error(toError(error));
      return;
    }
    for (const folder of identity.folders) {
      const { sdks } = await discoverAgents(folder);
      if (sdks.length > 0) await context.workspaceState.update(sdksKey, true);
    }
    this.writeTerminals();
  }

  /** The full set for a process we start, over the environment it starts with. */
  runEnvironment(
    base: NodeJS.ProcessEnv,
    run?: { readonly runId: string; readonly notesFile: string },
  ): Record<string, string> {
    return captureEnvironment({ ...this.captureOf('full'), ...run }, base);
  }

  private captureOf(level: CaptureLevel) {
    const settings = vscode.workspace.getConfiguration('glassbox.capture');
    return {
      ...{ level, endpoint: this.endpoint, workspace: this.services.identity.workspace },
      ...{ hooksFolder: this.hooks.hooksFolder, nodePath: nodeShim(this.hooks) },
      localOnly: settings.get('localOnly', false),
    };
  }

  private get endpoint(): string {
    const { context, identity } = this.services;
    const first = `http://127.0.0.1:${identity.port}/w/${identity.token}`;
    return context.workspaceState.get(endpointKey, first);
  }

  private writeTerminals(): void {
    const collection = this.services.context.environmentVariableCollection;
    const level = this.terminalLevel();
    if (!level) {
      collection.clear();
      return;
    }
    collection.description =
      'Sends OpenTelemetry spans of agents to Glassbox in this window. See the setting glassbox.capture.terminals.';
    const variables = captureEnvironment(this.captureOf(level), process.env);
    for (const [name, value] of Object.entries(variables)) writeVariable(collection, name, value);
    if (this.hooksInstalled) {
      writeMutator(collection, 'PATH', {
        type: vscode.EnvironmentVariableMutatorType.Append,
        value: `${delimiter}${this.hooks.binFolder}`,
      });
    }
    collection.forEach((name) => {
      if (name !== 'PATH' && !(name in variables)) collection.delete(name);
    });
  }

  private terminalLevel(): CaptureLevel | undefined {
    const settings = vscode.workspace.getConfiguration('glassbox.capture');
    const mode = settings.get<TerminalMode>('terminals', 'auto');
    if (mode === 'off') return undefined;
    const sdksSeen = this.services.context.workspaceState.get(sdksKey, false);
    const full = mode === 'all' || (mode === 'auto' && sdksSeen);
    // A hook that is named but not there stops every Node program of the terminal.
    return full && this.hooksInstalled ? 'full' : 'otel';
  }

  private get hooksInstalled(): boolean {
    return this.services.context.globalState.get<string>(hooksKey) !== undefined;
  }
}

/** Lists the user's environment already holds are appended to, everything else is set. */
function writeVariable(
  collection: vscode.EnvironmentVariableCollection,
  name: string,
  value: string,
): void {
  const before = process.env[name];
  const appends = before !== undefined && before !== '' && value.startsWith(before);
  writeMutator(collection, name, {
    type: appends
      ? vscode.EnvironmentVariableMutatorType.Append
      : vscode.EnvironmentVariableMutatorType.Replace,
    value: appends ? value.slice(before.length) : value,
  });
}

function writeMutator(
  collection: vscode.EnvironmentVariableCollection,
  name: string,
  { type, value }: Pick<vscode.EnvironmentVariableMutator, 'type' | 'value'>,
): void {
  const present = collection.get(name);
  if (present?.type === type && present.value === value) return;
  if (type === vscode.EnvironmentVariableMutatorType.Append) collection.append(name, value);
  else collection.replace(name, value);
}
