import { join } from 'node:path';
import type { Core } from '../../core/core';
import { runCommand, type RunResult } from '../../core/runCommand';
import { readArgs, wrongUse } from '../args';
import type { Command } from '../cli';
import { writeTraceJson } from '../json';
import { currentWorkspace, openForReceiving } from '../store';
import { painter, traceTree } from '../tree';

const usage = 'glassbox run [--db FILE] [--json] [--local-only] -- COMMAND...';

export const run: Command = {
  usage,
  summary: 'Runs an agent and prints its trace; exits as the agent did.',
  async run(args) {
    const split = args.indexOf('--');
    const own = split < 0 ? args : args.slice(0, split);
    const { values, positionals } = readArgs(usage, own, {
      db: { type: 'string' },
      json: { type: 'boolean', default: false },
      'local-only': { type: 'boolean', default: false },
    });
    const [program, ...rest] = split < 0 ? [] : args.slice(split + 1);
    if (program === undefined || positionals.length > 0) throw wrongUse(usage);
    const core = await openForReceiving({ db: values.db });
    try {
      const result = await runCommand(core, {
        command: [program, ...rest],
        workspace: currentWorkspace(),
        hooksFolder: join(__dirname, 'hooks'),
        localOnly: values['local-only'],
        outputToStderr: values.json,
      });
      await (values.json ? printJson(core, result) : printTrees(core, result));
      return result.exitCode;
    } finally {
      await core.close();
    }
  },
};

async function printTrees(core: Core, { traces, noTrace, exitCode }: RunResult): Promise<void> {
  const paint = painter(process.stdout);
  for (const { traceId } of traces) {
    const view = await core.query.view(traceId);
    if (view) process.stdout.write(`\n${traceTree(view.trace, view.columns, paint)}`);
  }
  if (noTrace && exitCode !== 126 && exitCode !== 127) {
    process.stderr.write(`glassbox: no trace. ${noTrace.reason} ${noTrace.remedy}\n`);
  }
}

async function printJson(core: Core, { runId, exitCode, traces }: RunResult): Promise<void> {
  const write = (text: string) => void process.stdout.write(text);
  write(`{"runId":${JSON.stringify(runId)},"exitCode":${exitCode},"traces":[`);
  for (const [index, { traceId }] of traces.entries()) {
    if (index > 0) write(',');
    await writeTraceJson(core.query, traceId, { write, attributes: true });
  }
  write(']}\n');
}
