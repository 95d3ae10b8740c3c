import { match, ok, strictEqual } from 'node:assert';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import * as vscode from 'vscode';
import {
  endpoint,
  eventually,
  printEnvironment,
  readEnvironment,
  scratchFile,
  terminalEnvironment,
  workspaceFolder,
  type Variables,
} from './support.ts';

describe('the environment of programs', () => {
  it('of a terminal names the receiver and the hooks', async () => {
    const base = await endpoint();
    const variables = await terminalWithHooks();
    strictEqual(variables.OTEL_EXPORTER_OTLP_ENDPOINT, base);
    match(variables.OTEL_RESOURCE_ATTRIBUTES ?? '', /glassbox\.workspace=/);
    const script = /--require "([^"]+)"/.exec(variables.NODE_OPTIONS ?? '')?.[1] ?? '';
    ok(existsSync(script), `the hook is there: ${script}`);
    match(variables.PYTHONPATH ?? '', /python/);
  });

  it('of a terminal finds the command line', async () => {
    const variables = await terminalWithHooks();
    const folders = (variables.PATH ?? '').split(process.platform === 'win32' ? ';' : ':');
    const name = process.platform === 'win32' ? 'glassbox.cmd' : 'glassbox';
    ok(folders.some((folder) => existsSync(`${folder}/${name}`)));
  });

  it('of a debug session names the receiver and the hooks, beside what it sets itself', async () => {
    const base = await endpoint();
    const program = scratchFile('program.cjs');
    const output = scratchFile('debug.json');
    await writeFile(program, printEnvironment);
    const started = await vscode.debug.startDebugging(workspaceFolder(), {
      name: 'environment',
      type: 'node',
      request: 'launch',
      program,
      args: [output],
      env: { OWN: 'kept' },
      runtimeExecutable: process.execPath,
    });
    ok(started, 'the debug session starts');
    const variables = await eventually('the environment of a debug session', () =>
      readEnvironment(output),
    );
    strictEqual(variables.GLASSBOX_ENDPOINT, base);
    strictEqual(variables.OWN, 'kept');
    match(variables.NODE_OPTIONS ?? '', /node\.cjs/);
    match(variables.NODE_OPTIONS ?? '', /js-debug|bootloader/, 'the debugger is still attached');
  });

  it('of a terminal is left alone where the user wants that', async () => {
    const settings = vscode.workspace.getConfiguration('glassbox.capture');
    await settings.update('terminals', 'off', vscode.ConfigurationTarget.Global);
    try {
      await eventually('a terminal without our variables', async () => {
        const { GLASSBOX_ENDPOINT, OTEL_EXPORTER_OTLP_ENDPOINT } = await terminalEnvironment();
        return GLASSBOX_ENDPOINT === undefined && OTEL_EXPORTER_OTLP_ENDPOINT === undefined
          ? true
          : undefined;
      });
    } finally {
      await settings.update('terminals', undefined, vscode.ConfigurationTarget.Global);
    }
    await endpoint();
  });
});

/** The sample uses a known SDK, so that its terminals get the hooks once they are in place. */
function terminalWithHooks(): Promise<Variables> {
  return eventually('a terminal with the hooks', async () => {
    const variables = await terminalEnvironment();
    return variables.NODE_OPTIONS?.includes('node.cjs') ? variables : undefined;
  });
}
