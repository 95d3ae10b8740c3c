import * as vscode from 'vscode';
import { UserError } from '../base/errors';
import {
  chooseAgent,
  lacksKey,
  lastAgent,
  launchOf,
  rememberAgent,
  type ChosenAgent,
} from './chooseAgent';
import type { Services } from './services';

/** *Run Agent*: `agentName` and `input` skip the questions, for keybindings and tests. */
export async function runAgent(services: Services): Promise<void> {
  requireTrust();
  const chosen = await chooseAgent(services);
  if (chosen) await start(services, chosen);
}

export async function rerunAgent(services: Services): Promise<void> {
  requireTrust();
  const last = lastAgent(services);
  if (last) await start(services, last);
  else await runAgent(services);
}

export async function stopAgent(services: Services): Promise<void> {
  const { active } = services.runs;
  if (active.length === 0) throw new UserError('No agent is running.');
  if (active.length === 1) {
    active[0]?.stop();
    return;
  }
  const picks = active.map((run) => ({ label: run.name, run }));
  const chosen = await vscode.window.showQuickPick(picks, {
    ...{ title: 'Stop Agent', canPickMany: true, placeHolder: 'Which agents?' },
  });
  for (const { run } of chosen ?? []) run.stop();
}

async function start(services: Services, chosen: ChosenAgent): Promise<void> {
  const launch = await launchOf(chosen);
  if (await lacksKey(chosen, launch)) {
    const choice = await vscode.window.showWarningMessage(
      `'${chosen.agent.name}' calls OpenAI, but OPENAI_API_KEY is not set. Set it in your environment, or name an envFile in .glassbox/agents.json.`,
      'Run Anyway',
    );
    if (choice !== 'Run Anyway') return;
  }
  rememberAgent(services, chosen);
  await services.runs.start(launch);
  await vscode.commands.executeCommand('glassbox.traces.focus');
}

function requireTrust(): void {
  if (vscode.workspace.isTrusted) return;
  throw new UserError(
    'Agents run the code of this workspace: trust it first (Workspaces: Manage Workspace Trust).',
  );
}
