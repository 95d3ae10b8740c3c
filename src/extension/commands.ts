import * as vscode from 'vscode';
import { isUserError, toError } from '../base/errors';
import * as agents from './agentCommands';
import { openSample } from './sample';
import type { Services } from './services';
import * as traces from './traceCommands';

type Handler = (services: Services, ...args: readonly unknown[]) => unknown;

/** Every command, by id; the manifest test holds package.json to this table. */
export const commands: Readonly<Record<string, Handler>> = {
  'glassbox.agent.run': agents.runAgent,
  'glassbox.agent.rerun': agents.rerunAgent,
  'glassbox.agent.stop': agents.stopAgent,
  'glassbox.trace.open': traces.openTrace,
  'glassbox.trace.star': traces.starTrace,
  'glassbox.trace.unstar': traces.unstarTrace,
  'glassbox.trace.delete': traces.deleteTraces,
  'glassbox.trace.export': traces.exportOne,
  'glassbox.trace.copyId': traces.copyTraceId,
  'glassbox.traces.filter': traces.filterTraces,
  'glassbox.traces.clearFilter': traces.clearFilter,
  'glassbox.traces.clear': traces.clearTraces,
  'glassbox.traces.import': traces.importTraces,
  'glassbox.services.choose': traces.chooseServices,
  'glassbox.traces.loadMore': traces.loadMore,
  'glassbox.sample.open': openSample,
  'glassbox.output.show': (services) => services.output.show(),
  'glassbox.walkthrough.open': () =>
    vscode.commands.executeCommand(
      'workbench.action.openWalkthrough',
      'glassbox.glassbox#glassbox.start',
      false,
    ),
};

/** Registers the table; the one place of the extension that catches and shows. */
export function registerCommands(services: Services): vscode.Disposable {
  const registrations = Object.entries(commands).map(([id, handler]) =>
    vscode.commands.registerCommand(id, async (...args: readonly unknown[]) => {
      try {
        return await handler(services, ...args);
      } catch (error) {
        return show(services, toError(error));
      }
    }),
  );
  return vscode.Disposable.from(...registrations);
}

async function show(services: Services, error: Error): Promise<void> {
  services.output.log.error(error);
  const message = isUserError(error) ? error.message : `Glassbox: ${error.message}`;
  const choice = await vscode.window.showErrorMessage(
    message,
    ...(isUserError(error) ? [] : ['Show Output']),
  );
  if (choice) services.output.show();
}
