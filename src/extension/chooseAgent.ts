import { readFile } from 'node:fs/promises';
import { isAbsolute, join, relative, resolve } from 'node:path';
import * as vscode from 'vscode';
import { UserError } from '../base/errors';
import { agentCommand } from '../run/agentCommand';
import type { Agent } from '../run/agents';
import { agentOfFile, discoverAgents, type FoundAgent } from '../run/discover';
import { parseEnvFile } from '../run/envFile';
import type { AgentLaunch } from './agentRuns';
import type { Services } from './services';

/** What was run last, by name, so that it can be run again. */
export interface ChosenAgent {
  readonly folder: string;
  readonly agent: Agent;
  readonly input?: string;
  readonly file?: string;
}

interface AgentPick extends vscode.QuickPickItem {
  readonly chosen?: ChosenAgent;
  /** The name of a launch configuration to start instead. */
  readonly configuration?: string;
}

const lastKey = 'agent.last';

export function lastAgent(services: Services): ChosenAgent | undefined {
  return services.context.workspaceState.get<ChosenAgent>(lastKey);
}

export function rememberAgent(services: Services, chosen: ChosenAgent): void {
  void services.context.workspaceState.update(lastKey, chosen);
}

/** Asks which agent to run; undefined when the user turns away or a debug session was started. */
export async function chooseAgent(services: Services): Promise<ChosenAgent | undefined> {
  const folder = vscode.workspace.workspaceFolders?.[0];
  if (!folder) {
    throw new UserError(
      'Open the folder your agent lives in, or use Glassbox: Open Sample Workspace.',
    );
  }
  const picks = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Window, title: 'Glassbox: looking for agents' },
    () => findPicks(folder, lastAgent(services)),
  );
  if (picks.length === 0) {
    throw new UserError(
      'No agent was found here. Open its file and run this command again, or name it in .glassbox/agents.json.',
    );
  }
  const pick = await vscode.window.showQuickPick(picks, {
    ...{ title: 'Run Agent', placeHolder: 'Which agent?', matchOnDescription: true },
  });
  if (pick?.configuration !== undefined) {
    await vscode.debug.startDebugging(folder, pick.configuration, { noDebug: true });
    return undefined;
  }
  return pick?.chosen && askInput(pick.chosen, lastAgent(services));
}

async function findPicks(
  folder: vscode.WorkspaceFolder,
  last: ChosenAgent | undefined,
): Promise<readonly AgentPick[]> {
  const root = folder.uri.fsPath;
  const { agents, problems } = await discoverAgents(root);
  for (const problem of problems) void vscode.window.showWarningMessage(problem);
  const found = agents.map((agent) => pickOf(root, agent));
  const lastFirst = [...found].sort(
    (a, b) => Number(b.label === last?.agent.name) - Number(a.label === last?.agent.name),
  );
  return [...lastFirst, ...openFilePick(root, agents), ...configurationPicks(folder)];
}

function pickOf(folder: string, { agent, origin, file }: FoundAgent): AgentPick {
  return { label: agent.name, description: origin, chosen: { folder, agent, file } };
}

function openFilePick(folder: string, agents: readonly FoundAgent[]): readonly AgentPick[] {
  const document = vscode.window.activeTextEditor?.document;
  if (!document || !/\.(?:py|m?js|cjs|m?ts)$/.test(document.fileName)) return [];
  const path = relative(folder, document.fileName);
  if (path.startsWith('..') || isAbsolute(path)) return [];
  if (agents.some(({ file }) => file === path)) return [];
  const chosen = { folder, agent: agentOfFile(folder, path), file: path };
  return [{ label: path, description: 'the open file', chosen }];
}

function configurationPicks(folder: vscode.WorkspaceFolder): readonly AgentPick[] {
  const configurations = vscode.workspace
    .getConfiguration('launch', folder.uri)
    .get<readonly vscode.DebugConfiguration[]>('configurations', []);
  return configurations
    .filter(({ request, type }) => request === 'launch' && /node|python|debugpy/.test(type))
    .map(({ name }) => ({ label: name, description: 'launch configuration', configuration: name }));
}

async function askInput(
  chosen: ChosenAgent,
  last: ChosenAgent | undefined,
): Promise<ChosenAgent | undefined> {
  const { target, name } = chosen.agent;
  if (target.type === 'command' && target.input !== 'argument') return chosen;
  const input = await vscode.window.showInputBox({
    ...{ title: `Run ${name}`, prompt: 'Input for the agent; empty for its own default' },
    value: last?.agent.name === name ? (last.input ?? '') : '',
    ignoreFocusOut: true,
  });
  if (input === undefined) return undefined;
  return input === '' ? chosen : { ...chosen, input };
}

/** The process to start for a chosen agent, with the environment its entry names. */
export async function launchOf(chosen: ChosenAgent): Promise<AgentLaunch> {
  const { agent, folder, input } = chosen;
  const { command, cwd } = agentCommand(agent, input, {
    ...{ folder, chosenPython: await chosenPython(folder), virtualEnv: process.env.VIRTUAL_ENV },
  });
  const file = agent.envFile === undefined ? undefined : resolve(folder, agent.envFile);
  const text = file === undefined ? '' : await readEnvFile(file);
  return { name: agent.name, command, cwd, env: { ...parseEnvFile(text), ...agent.env } };
}

async function readEnvFile(file: string): Promise<string> {
  return readFile(file, 'utf8').catch(() => {
    throw new UserError(`The agent's envFile ${file} cannot be read.`);
  });
}

/** The interpreter chosen in the Python extension, where that is installed. */
async function chosenPython(folder: string): Promise<string | undefined> {
  const python = vscode.extensions.getExtension('ms-python.python');
  if (!python) return undefined;
  const api = (await python.activate()) as
    | {
        environments?: {
          getActiveEnvironmentPath(resource: vscode.Uri): { path: string; id: string };
        };
      }
    | undefined;
  const path = api?.environments?.getActiveEnvironmentPath(vscode.Uri.file(folder)).path;
  return path !== undefined && isAbsolute(path) ? path : undefined;
}

/**
 * Whether the agent will miss an API key: its file uses an OpenAI SDK, neither it nor its
 * environment says anything about a key or another address.
 */
export async function lacksKey(chosen: ChosenAgent, launch: AgentLaunch): Promise<boolean> {
  if (chosen.file === undefined) return false;
  const env: NodeJS.ProcessEnv = { ...process.env, ...launch.env };
  if (env.OPENAI_API_KEY !== undefined || env.OPENAI_BASE_URL !== undefined) return false;
  const text = await readFile(join(chosen.folder, chosen.file), 'utf8').catch(() => '');
  const usesOpenAi = /(?:from|import|require)[\s('"]+(?:@openai\/agents|openai|agents)\b/.test(
    text,
  );
  return usesOpenAi && !/api_?key|base_?url|dotenv|AsyncOpenAI\(.+\)/i.test(text);
}
