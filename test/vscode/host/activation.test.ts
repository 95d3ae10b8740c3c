import { deepStrictEqual, ok, strictEqual } from 'node:assert';
import * as vscode from 'vscode';
import { glassbox, type Manifest } from './support.ts';

describe('the extension', () => {
  it('is loaded and activates', async () => {
    await glassbox().activate();
    ok(glassbox().isActive);
  });

  it('registers every command of its manifest', async () => {
    await glassbox().activate();
    const { commands } = (glassbox().packageJSON as Manifest).contributes;
    const registered = new Set(await vscode.commands.getCommands(true));
    const missing = commands.map(({ command }) => command).filter((id) => !registered.has(id));
    deepStrictEqual(missing, []);
  });

  it('has its views', async () => {
    await vscode.commands.executeCommand('glassbox.traces.focus');
  });

  it('declares its settings with their defaults', () => {
    const { properties } = (glassbox().packageJSON as Manifest).contributes.configuration;
    for (const [name, setting] of Object.entries(properties)) {
      const value: unknown = vscode.workspace.getConfiguration().inspect(name)?.defaultValue;
      deepStrictEqual(value, (setting as { default: unknown }).default, name);
    }
    strictEqual(vscode.workspace.getConfiguration('glassbox').get('capture.terminals'), 'auto');
  });
});
