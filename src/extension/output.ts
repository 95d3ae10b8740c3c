import * as vscode from 'vscode';
import type { Disposable } from '../base/disposable';
import { toError } from '../base/errors';
import type { Log } from '../base/log';

export interface Output extends Disposable {
  readonly log: Log;
  show(): void;
}

export function createOutput(): Output {
  const channel = vscode.window.createOutputChannel('Glassbox', { log: true });
  return {
    log: {
      debug: (message) => channel.debug(message),
      info: (message) => channel.info(message),
      warn: (message) => channel.warn(message),
      error: (message) => channel.error(toError(message)),
    },
    show: () => channel.show(),
    dispose: () => channel.dispose(),
  };
}
