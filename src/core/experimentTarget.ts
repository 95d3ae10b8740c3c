import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { UserError } from '../base/errors';
import type { Case } from '../experiments/dataset';
import type { Json } from '../model/value';
import type { TraceSummary } from '../model/trace';
import { agentCommand, type AgentContext } from '../run/agentCommand';
import { runAgentProcess, type Called } from '../run/agentProcess';
import type { Agent } from '../run/agents';
import { parseEnvFile } from '../run/envFile';
import { captureEnvironment } from '../run/environment';
import { harnessCommand } from '../run/functionHarness/command';
import { FunctionHarness } from '../run/functionHarness/functionHarness';
import { createRunId } from '../run/workspace';
import type { Core } from './core';
import type { TraceWaiter } from './traceWaiter';

/** What answers cases: a function in one process for all, or a command a case. */
export interface ExperimentTarget {
  run(request: CaseRequest): Promise<Answer>;
  close(): Promise<void>;
}

export interface CaseRequest {
  readonly of: Case;
  readonly repeat: number;
  readonly signal: AbortSignal;
  /** Told when the agent is done and only its trace is waited for. */
  readonly onAnswer: (called: Called) => void;
}

/** An output or an error, with the traces the case left, the first being its own. */
export type Answer = Called & {
  readonly traceId?: string;
  readonly traces: readonly TraceSummary[];
};

export interface TargetOptions {
  readonly core: Core;
  readonly waiter: TraceWaiter;
  readonly agent: Agent;
  /** The workspace folder. */
  readonly folder: string;
  /** Its id, as processes name it. */
  readonly workspace: string;
  readonly hooksFolder: string;
  readonly experimentRunId: string;
  readonly timeoutMs: number;
}

const runKey = 'glassbox.experiment.run.id';
const caseKey = 'glassbox.case.id';
const repeatKey = 'glassbox.case.repeat';
const firstTraceWithinMs = 1000;
const lookEveryMs = 50;

/** Rejects with a `UserError` where the agent cannot be given inputs. */
export async function openTarget(options: TargetOptions): Promise<ExperimentTarget> {
  const { agent, folder, hooksFolder } = options;
  const context: AgentContext = {
    ...{ folder, virtualEnv: process.env.VIRTUAL_ENV, node: process.execPath },
  };
  const env = await agentEnvironment(agent, folder);
  const command = harnessCommand(agent, { ...context, hooksFolder });
  if (command) return functionTarget(options, { command, env });
  if (agent.target.type === 'command' && agent.target.input === 'none') {
    throw new UserError(
      `the agent '${agent.name}' takes no input: say "input": "argument" or "stdin" in agents.json.`,
    );
  }
  return commandTarget(options, { context, env });
}

async function agentEnvironment(agent: Agent, folder: string): Promise<NodeJS.ProcessEnv> {
  const file = agent.envFile === undefined ? undefined : resolve(folder, agent.envFile);
  const text = file === undefined ? '' : await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) throw new UserError(`the agent's envFile ${file} cannot be read.`);
  return { ...process.env, ...parseEnvFile(text), ...agent.env };
}

function captured(
  { core, workspace, hooksFolder }: TargetOptions,
  env: NodeJS.ProcessEnv,
  link: { readonly runId: string; readonly resource?: Readonly<Record<string, string>> },
): NodeJS.ProcessEnv {
  const { endpoint } = core;
  const nodePath = process.execPath;
  const capture = { level: 'full', endpoint, workspace, hooksFolder, nodePath, ...link } as const;
  return { ...env, ...captureEnvironment(capture, env) };
}

function functionTarget(
  options: TargetOptions,
  start: { readonly command: readonly [string, ...string[]]; readonly env: NodeJS.ProcessEnv },
): ExperimentTarget {
  const { core, waiter, agent, folder, experimentRunId, timeoutMs } = options;
  const runId = createRunId();
  const harness = new FunctionHarness({
    ...{ command: start.command, cwd: resolve(folder, agent.cwd) },
    env: captured(options, start.env, { runId }),
  });
  return {
    async run({ of, repeat, signal, onAnswer }) {
      const attributes = { [runKey]: experimentRunId, [caseKey]: of.id, [repeatKey]: repeat };
      const called = await harness.call({ input: of.input, timeoutMs, attributes }, signal);
      onAnswer(called);
      const trace = signal.aborted ? undefined : await waiter.whole(called.traceId);
      return { ...called, traces: trace ? [trace] : [] };
    },
    async close() {
      await harness.close();
      await core.writes.endRun(runId);
    },
  };
}

function commandTarget(
  options: TargetOptions,
  { context, env }: { readonly context: AgentContext; readonly env: NodeJS.ProcessEnv },
): ExperimentTarget {
  const { core, waiter, agent, experimentRunId, timeoutMs } = options;
  const fromTrace = agent.output === 'trace';
  const usesStdin = agent.target.type === 'command' && agent.target.input === 'stdin';
  return {
    async run({ of, repeat, signal, onAnswer }) {
      const runId = createRunId();
      const resource = { [runKey]: experimentRunId, [caseKey]: of.id, [repeatKey]: `${repeat}` };
      const text = typeof of.input === 'string' ? of.input : JSON.stringify(of.input);
      const called = await runAgentProcess(
        {
          ...agentCommand(agent, usesStdin ? undefined : text, context),
          env: captured(options, env, { runId, resource }),
          ...{ stdin: usesStdin ? text : undefined, timeoutMs, silent: fromTrace },
        },
        signal,
      );
      onAnswer(called);
      const traces = signal.aborted ? [] : await tracesOf({ core, waiter, runId });
      const traceId = traces[0]?.traceId;
      if (!fromTrace || 'error' in called) return { ...called, traceId, traces };
      const output = traceId === undefined ? undefined : await outputOf(core, traceId);
      const { durationMs } = called;
      return output === undefined
        ? { error: 'Its trace has no output.', durationMs, traceId, traces }
        : { output, durationMs, traceId, traces };
    },
    close: async () => undefined,
  };
}

async function outputOf(core: Core, traceId: string): Promise<Json | undefined> {
  return (await core.query.trace(traceId))?.output;
}

/** All traces of a process that has ended, oldest first, those of an agent before others. */
async function tracesOf({
  core,
  waiter,
  runId,
}: Pick<TargetOptions, 'core' | 'waiter'> & { readonly runId: string }) {
  const deadline = Date.now() + firstTraceWithinMs;
  const find = () => core.query.traces({ runId, limit: 100 });
  let found = await find();
  while (found.length === 0 && Date.now() < deadline) {
    await sleep(lookEveryMs);
    found = await find();
  }
  await core.writes.endRun(runId);
  const whole = await Promise.all(found.map(({ traceId }) => waiter.whole(traceId)));
  const traces = whole.flatMap((trace) => trace ?? []);
  return traces.sort((a, b) => Number(b.ai) - Number(a.ai) || a.startTime - b.startTime);
}
