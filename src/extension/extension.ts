import type * as vscode from 'vscode';
import { toError } from '../base/errors';
import { registerCommands } from './commands';
import { registerDebugCapture } from './debugging';
import { Services } from './services';

let services: Services | undefined;

/** Does at once only what later would be too late: terminals' environment, commands, views. */
export function activate(context: vscode.ExtensionContext): void {
  const made = new Services(context);
  services = made;
  context.subscriptions.push(registerCommands(made), registerDebugCapture(made));
  setImmediate(() => void start(made));
}

export async function deactivate(): Promise<void> {
  await services?.close();
  services = undefined;
}

async function start(made: Services): Promise<void> {
  try {
    await made.core();
  } catch (error) {
    const { message } = toError(error);
    made.output.log.error(message);
    made.statusBar.failed(message);
  }
  await made.capture.prepare();
}
