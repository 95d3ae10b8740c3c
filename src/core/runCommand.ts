import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TraceSummary } from '../model/trace';
import { captureEnvironment } from '../run/environment';
import { launch } from '../run/launch';
import { explainNoTrace, readNotes, type NoTrace } from '../run/notes';
import { createRunId } from '../run/workspace';
import type { Core } from './core';

export interface RunCommand {
  readonly command: readonly [string, ...string[]];
  readonly workspace: string;
  readonly hooksFolder: string;
  readonly localOnly: boolean;
  /** The child's stdout goes to stderr. */
  readonly outputToStderr: boolean;
}

export interface RunResult {
  readonly runId: string;
  readonly exitCode: number;
  /** The traces this run made, oldest first. */
  readonly traces: readonly TraceSummary[];
  /** Why there is none. */
  readonly noTrace?: NoTrace;
}

const stableForMs = 300;
const settleWithinMs = 3000;
const lookEveryMs = 50;

/** Runs a command with the full capture environment and waits for what it has sent. */
export async function runCommand(core: Core, options: RunCommand): Promise<RunResult> {
  const { command, workspace, hooksFolder, localOnly, outputToStderr } = options;
  const runId = createRunId();
  const notesFolder = await mkdtemp(join(tmpdir(), 'glassbox-run-'));
  const notesFile = join(notesFolder, 'notes.jsonl');
  try {
    const capture = captureEnvironment(
      {
        ...{ level: 'full', endpoint: core.endpoint, workspace, runId, hooksFolder },
        ...{ nodePath: process.execPath, notesFile, localOnly },
      },
      process.env,
    );
    const env = { ...process.env, ...capture };
    const exitCode = await launch({ command, env, outputToStderr });
    const traces = await settledTraces(core, runId);
    const notes = await readNotes(notesFile);
    const noTrace = traces.length > 0 ? undefined : explainNoTrace({ notes, command, exitCode });
    return { runId, exitCode, traces, noTrace };
  } finally {
    await rm(notesFolder, { recursive: true, force: true });
  }
}

/** What still runs after the process has ended will never end: it was interrupted. */
async function settledTraces(core: Core, runId: string): Promise<readonly TraceSummary[]> {
  await quiet(core, runId);
  await core.writes.endRun(runId);
  return [...(await tracesOf(core, runId))].reverse();
}

/** Exporters deliver before their process ends, but processes it started may still be sending. */
async function quiet(core: Core, runId: string): Promise<void> {
  const deadline = Date.now() + settleWithinMs;
  let last = '';
  let since = Date.now();
  while (Date.now() < deadline && Date.now() - since < stableForMs) {
    const traces = await tracesOf(core, runId);
    const state = traces.map((trace) => `${trace.traceId}${trace.updatedTime}`).join();
    if (state !== last) since = Date.now();
    last = state;
    await sleep(lookEveryMs);
  }
}

function tracesOf(core: Core, runId: string): Promise<readonly TraceSummary[]> {
  return core.query.traces({ runId, limit: 1000 });
}
