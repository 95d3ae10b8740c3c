import { cp, mkdir, readdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { UserError } from '../base/errors';
import type { Services } from './services';

/** Copies the sample workspace where the user says, and opens it. */
export async function openSample(services: Services): Promise<void> {
  const chosen = await vscode.window.showOpenDialog({
    ...{ canSelectFolders: true, canSelectFiles: false, openLabel: 'Copy Sample Here' },
    title: 'Where should the sample agent go?',
    defaultUri: vscode.Uri.file(homedir()),
  });
  const parent = chosen?.[0];
  if (!parent) return;
  const target = join(parent.fsPath, 'glassbox-support-agent');
  await mkdir(target, { recursive: true });
  if ((await readdir(target)).length > 0) {
    throw new UserError(`${target} already holds files. Choose another folder, or open that one.`);
  }
  const source = join(services.context.extensionPath, 'examples', 'support-agent');
  await cp(source, target, {
    recursive: true,
    filter: (path) =>
      !/[\\/](?:node_modules|\.venv|__pycache__|local)(?:[\\/]|$)/.test(path.slice(source.length)),
  });
  const choice = await vscode.window.showInformationMessage(
    `The sample is in ${target}. In its terminal run 'npm install' once, then Glassbox: Run Agent. It needs no API key.`,
    { modal: true },
    'Open in New Window',
    'Open Here',
  );
  if (choice) {
    await vscode.commands.executeCommand('vscode.openFolder', vscode.Uri.file(target), {
      forceNewWindow: choice === 'Open in New Window',
    });
  }
}
