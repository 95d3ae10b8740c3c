import { join } from 'node:path';
import { UserError } from '../../base/errors';
import type { Finding, QueryService } from '../../core/reader';
import { runCommand, type RunResult } from '../../core/runCommand';
import { readArgs, wrongUse } from '../args';
import type { Command } from '../cli';
import { currentWorkspace, openForReading, openForReceiving } from '../store';
import { oneLine, painter } from '../tree';

const usage = 'glassbox doctor [ID | -- COMMAND...] [--db FILE] [--json]';

/** What was found in each trace that was looked at. */
interface Diagnosis {
  readonly traceId: string;
  readonly name: string;
  readonly findings: readonly Finding[];
}

export const doctor: Command = {
  usage,
  summary:
    'Lists what is missing in a trace (the newest without an ID) and the change that brings it; exits with 1 on a problem.',
  async run(args) {
    const split = args.indexOf('--');
    const own = split < 0 ? args : args.slice(0, split);
    const { values, positionals } = readArgs(usage, own, {
      db: { type: 'string' },
      json: { type: 'boolean', default: false },
    });
    const [id, ...more] = positionals;
    const [program, ...rest] = split < 0 ? [] : args.slice(split + 1);
    const wantsRun = program !== undefined;
    if (more.length > 0 || (wantsRun && id !== undefined) || (split >= 0 && !wantsRun)) {
      throw wrongUse(usage);
    }
    const { db, json } = values;
    return wantsRun
      ? examineRun([program, ...rest], { db, json })
      : examineStored(id, { db, json });
  },
};

interface Options {
  readonly db: string | undefined;
  readonly json: boolean;
}

async function examineStored(id: string | undefined, { db, json }: Options): Promise<number> {
  const reader = await openForReading(db);
  if (!reader) throw new UserError('no trace is stored here yet.');
  try {
    const [newest] = await reader.query.traces({ ai: true, limit: 1 });
    const traceId = id === undefined ? newest?.traceId : await reader.query.resolveTraceId(id);
    if (traceId === undefined) throw new UserError('no trace is stored here yet.');
    return report(await diagnosesOf(reader.query, [traceId]), { json });
  } finally {
    await reader.close();
  }
}

async function examineRun(
  command: readonly [string, ...string[]],
  { db, json }: Options,
): Promise<number> {
  const core = await openForReceiving({ db });
  try {
    const result = await runCommand(core, {
      ...{ command, workspace: currentWorkspace(), hooksFolder: join(__dirname, 'hooks') },
      ...{ localOnly: false, outputToStderr: json },
    });
    const ids = result.traces.map(({ traceId }) => traceId);
    return report(await diagnosesOf(core.query, ids), { json, result });
  } finally {
    await core.close();
  }
}

async function diagnosesOf(
  query: QueryService,
  traceIds: readonly string[],
): Promise<readonly Diagnosis[]> {
  const found: Diagnosis[] = [];
  for (const traceId of traceIds) {
    const trace = await query.summary(traceId);
    const findings = await query.diagnose(traceId);
    if (trace && findings) found.push({ traceId, name: trace.name, findings });
  }
  return found;
}

function report(
  diagnoses: readonly Diagnosis[],
  { json, result }: { readonly json: boolean; readonly result?: RunResult },
): number {
  const noTrace = result?.noTrace;
  if (json) {
    const { exitCode } = result ?? {};
    process.stdout.write(`${JSON.stringify({ exitCode, noTrace, traces: diagnoses })}\n`);
  } else {
    if (noTrace) process.stdout.write(`No trace. ${noTrace.reason}\n  → ${noTrace.remedy}\n`);
    for (const diagnosis of diagnoses) process.stdout.write(textOf(diagnosis));
  }
  const hasProblem = diagnoses.some(({ findings }) =>
    findings.some(({ weight }) => weight === 'problem'),
  );
  return hasProblem || noTrace ? 1 : 0;
}

function textOf({ traceId, name, findings }: Diagnosis): string {
  const paint = painter(process.stdout);
  const heading = `${paint('bold', oneLine(name))}  ${paint('dim', traceId)}\n`;
  if (findings.length === 0) return `${heading}Nothing is missing.\n`;
  const lines = findings.map(({ weight, what, why, change, spanIds }) => {
    const mark = weight === 'problem' ? paint('red', '✗') : paint('yellow', '•');
    const where = spanIds.length === 0 ? '' : paint('dim', `  ${spanIds.join(' ')}`);
    return `${mark} ${oneLine(what)}${where}\n  ${oneLine(why)}\n  → ${change}\n`;
  });
  return heading + lines.join('');
}
