import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { Disposables } from '../base/disposable';
import { Emitter } from '../base/event';
import { explainNoTrace, readNotes } from '../run/notes';
import { createRunId } from '../run/workspace';
import type { Services } from './services';

/** A process to run as an agent, ready but for the capture environment. */
export interface AgentLaunch {
  readonly name: string;
  readonly command: readonly [string, ...string[]];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

interface Run {
  readonly runId: string;
  readonly launch: AgentLaunch;
  readonly execution: vscode.TaskExecution;
  readonly notesFile: string;
}

export const agentTaskType = 'glassbox';
const settleMs = 1500;

/** Runs agents as tasks, so that they have a terminal, an exit code and a place to be stopped. */
export class AgentRuns implements vscode.Disposable {
  private readonly disposables = new Disposables();
  private readonly running = new Map<vscode.TaskExecution, Run>();
  private readonly changed = this.disposables.add(new Emitter<number>());

  /** Fires with the number of agents that run. */
  readonly onDidChange = this.changed.event;

  constructor(private readonly services: Services) {
    this.disposables.add(
      vscode.tasks.onDidEndTaskProcess(({ execution, exitCode }) => {
        const run = this.running.get(execution);
        if (run) void this.ended(run, exitCode ?? 1);
      }),
    );
    this.disposables.add(
      vscode.tasks.onDidEndTask(({ execution }) => {
        // A process that could not be started ends its task without ever having ended.
        const run = this.running.get(execution);
        if (run) setTimeout(() => this.running.has(execution) && void this.ended(run, 127), 200);
      }),
    );
  }

  dispose(): void {
    this.disposables.dispose();
  }

  get active(): readonly { readonly name: string; stop(): void }[] {
    return [...this.running.values()].map(({ launch, execution }) => ({
      name: launch.name,
      stop: () => execution.terminate(),
    }));
  }

  /** Starts the agent; its run ends by itself or by `stop`. */
  async start(launch: AgentLaunch): Promise<void> {
    await this.services.core();
    const runId = createRunId();
    const notesFile = await this.notesFile(runId);
    const base = { ...process.env, ...launch.env };
    const capture = this.services.capture.runEnvironment(base, { runId, notesFile });
    const [program, ...args] = launch.command;
    const task = new vscode.Task(
      { type: agentTaskType, agent: launch.name },
      vscode.workspace.workspaceFolders?.[0] ?? vscode.TaskScope.Workspace,
      launch.name,
      'Glassbox',
      new vscode.ProcessExecution(program, args, {
        ...{ cwd: launch.cwd, env: { ...launch.env, ...capture } },
      }),
    );
    task.presentationOptions = {
      ...{ reveal: vscode.TaskRevealKind.Always, panel: vscode.TaskPanelKind.Dedicated },
      ...{ clear: true, echo: true, showReuseMessage: false },
    };
    task.isBackground = false;
    const execution = await vscode.tasks.executeTask(task);
    this.running.set(execution, { runId, launch, execution, notesFile });
    this.announce();
  }

  private announce(): void {
    this.changed.fire(this.running.size);
    void vscode.commands.executeCommand(
      'setContext',
      'glassbox.agentRunning',
      this.running.size > 0,
    );
  }

  private async notesFile(runId: string): Promise<string> {
    const folder = join(this.services.context.globalStorageUri.fsPath, 'runs');
    await mkdir(folder, { recursive: true });
    return join(folder, `${runId}.jsonl`);
  }

  private async ended(run: Run, exitCode: number): Promise<void> {
    this.running.delete(run.execution);
    this.announce();
    const core = await this.services.core();
    await new Promise((resolve) => setTimeout(resolve, settleMs));
    await core.writes.endRun(run.runId);
    const [trace] = await core.query.traces({ runId: run.runId, limit: 1 });
    const notes = await readNotes(run.notesFile);
    await rm(run.notesFile, { force: true });
    if (trace) return;
    const outcome = { notes, command: run.launch.command, exitCode };
    const { reason, remedy } = explainNoTrace(outcome);
    const choice = await vscode.window.showInformationMessage(
      `'${run.launch.name}' left no trace. ${reason} ${remedy}`,
      'Show Output',
      'Help',
    );
    if (choice === 'Show Output') this.services.output.show();
    if (choice === 'Help') {
      await vscode.commands.executeCommand('glassbox.walkthrough.open');
    }
  }
}
