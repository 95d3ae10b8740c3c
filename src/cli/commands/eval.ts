import { appendFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode, UserError } from '../../base/errors';
import { runExperiment, type ExperimentResult, type RepeatProgress } from '../../core/experiment';
import {
  readBaseline,
  readDataset,
  readExperiment,
  writeBaseline,
  type FoundExperiment,
} from '../../core/experimentFiles';
import { reportForms } from '../../core/experimentForms';
import { formatDuration } from '../../model/format';
import { readArgs, readNumber, wrongUse } from '../args';
import type { Command } from '../cli';
import { currentWorkspace, openForReceiving } from '../store';
import { oneLine, painter } from '../tree';

const usage = 'glassbox eval NAME|FILE [--db FILE] [--repeat N] [--junit FILE] [--accept] [--json]';

export const evalCommand: Command = {
  usage,
  summary: 'Runs an experiment, compares it with its baseline, and exits 1 where its gate fails.',
  async run(args) {
    const { values, positionals } = readArgs(usage, args, {
      db: { type: 'string' },
      repeat: { type: 'string' },
      junit: { type: 'string' },
      accept: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    });
    const [name, ...more] = positionals;
    if (name === undefined || more.length > 0) throw wrongUse(usage);
    const found = await readExperiment(process.cwd(), name);
    const repeat = values.repeat === undefined ? undefined : readNumber('repeat', values.repeat, 1);
    const result = await runFound(withRepeat(found, repeat), values.db);
    const { report } = result;
    const forms = reportForms(report);
    process.stdout.write(values.json ? `${JSON.stringify(forms.json)}\n` : forms.text);
    if (values.junit !== undefined) await write(values.junit, forms.junit);
    const summary = process.env.GITHUB_STEP_SUMMARY;
    if (summary) await appendFile(summary, forms.markdown);
    if (values.accept) {
      const file = await writeBaseline(found.folder, result.baseline);
      process.stderr.write(`Accepted as the baseline: ${file}\n`);
    }
    if (!report.gate.passed) return 1;
    return report.cases.every(({ status }) => status === 'error') ? 3 : 0;
  },
};

function withRepeat(found: FoundExperiment, repeat: number | undefined): FoundExperiment {
  if (repeat === undefined) return found;
  return { ...found, experiment: { ...found.experiment, repeat } };
}

/** Ctrl+C ends the run and keeps what is done; a second one ends everything. */
async function runFound(found: FoundExperiment, db: string | undefined): Promise<ExperimentResult> {
  const { experiment, folder } = found;
  const dataset = await readDataset(found);
  const baseline = await readBaseline(folder, experiment.name);
  const controller = new AbortController();
  const stop = () => controller.abort();
  process.once('SIGINT', stop).once('SIGTERM', stop);
  const core = await openForReceiving({ db });
  try {
    return await runExperiment({
      ...{ core, experiment, dataset, baseline, folder, onRepeat: showProgress },
      ...{ workspace: currentWorkspace(), hooksFolder: join(__dirname, 'hooks') },
      signal: controller.signal,
    });
  } finally {
    process.off('SIGINT', stop).off('SIGTERM', stop);
    await core.close();
  }
}

function showProgress({ done, all, caseId, result }: RepeatProgress): void {
  const paint = painter(process.stderr);
  const mark = result.passed ? paint('green', '✓') : paint('red', '✗');
  const failed = result.scores.find(({ passed }) => !passed);
  const reason = result.error ?? (failed ? `${failed.evaluator}: ${failed.reason}` : '');
  const took = paint('dim', formatDuration(result.durationMs * 1000));
  const count = paint('dim', `${String(done).padStart(String(all).length)}/${all}`);
  process.stderr.write(`${count} ${mark} ${oneLine(caseId)}  ${took}  ${oneLine(reason)}\n`);
}

async function write(file: string, text: string): Promise<void> {
  await writeFile(file, text).catch((error: unknown) => {
    throw new UserError(`${file} cannot be written (${errorCode(error) ?? 'unknown error'}).`);
  });
}
