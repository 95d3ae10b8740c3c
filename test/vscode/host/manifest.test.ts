import { deepStrictEqual, ok } from 'node:assert';
import * as vscode from 'vscode';

const extension = vscode.extensions.getExtension('glassbox.glassbox');

interface Contributions {
  readonly commands: readonly { readonly command: string }[];
}

describe('the extension', () => {
  it('is loaded and activates', async () => {
    ok(extension, 'glassbox.glassbox is not loaded');
    await extension.activate();
  });

  it('registers every command of its manifest', async () => {
    const { commands } = (extension?.packageJSON as { contributes: Contributions }).contributes;
    const registered = new Set(await vscode.commands.getCommands(true));
    const missing = commands.map(({ command }) => command).filter((id) => !registered.has(id));
    deepStrictEqual(missing, []);
  });
});
