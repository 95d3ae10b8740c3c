import { readCheckout } from '../base/git';
import { UserError } from '../base/errors';
import { baselineOf, type Baseline } from '../experiments/baseline';
import { hashCase, hashDataset, type PlacedCase } from '../experiments/dataset';
import { evaluate, readsObservations, type Callers } from '../experiments/evaluators/evaluate';
import type { Experiment } from '../experiments/experiment';
import type { Outcome, RepeatResult } from '../experiments/outcome';
import { reportOf, type Report } from '../experiments/report';
import { jobsOf, runJobs, type Job } from '../experiments/schedule';
import { judgeCases, type RanCase } from '../experiments/verdict';
import { totalTokens } from '../model/format';
import type { Observation } from '../model/observation';
import type { TraceSummary } from '../model/trace';
import type { Called } from '../run/agentProcess';
import { createRunId } from '../run/workspace';
import type { Core } from './core';
import { CodeEvaluators } from './experimentCode';
import { readAgent, type FoundDataset } from './experimentFiles';
import { openTarget, type Answer, type ExperimentTarget } from './experimentTarget';
import { TraceWaiter } from './traceWaiter';

export interface ExperimentRun {
  readonly core: Core;
  readonly experiment: Experiment;
  readonly dataset: FoundDataset;
  readonly baseline: Baseline | undefined;
  /** The workspace folder. */
  readonly folder: string;
  readonly workspace: string;
  readonly hooksFolder: string;
  readonly signal: AbortSignal;
  readonly onRepeat: (progress: RepeatProgress) => void;
}

export interface RepeatProgress {
  readonly done: number;
  readonly all: number;
  readonly caseId: string;
  readonly repeat: number;
  readonly result: RepeatResult;
}

export interface ExperimentResult {
  readonly report: Report;
  /** This run, to be accepted as the baseline of later ones. */
  readonly baseline: Baseline;
}

/** Runs an experiment; a run that is stopped keeps what is done. Rejects with a `UserError`. */
export async function runExperiment(options: ExperimentRun): Promise<ExperimentResult> {
  const { core, experiment, folder } = options;
  const { target: wanted, timeoutMs } = experiment;
  if ('prompt' in wanted) throw noModel(`the target '${wanted.prompt}'`);
  for (const { type, name, ...spec } of experiment.evaluators) {
    const embeds = 'method' in spec && spec.method === 'embedding';
    if (type === 'judge' || embeds) throw noModel(`the evaluator '${name}'`);
  }
  const agent = await readAgent(folder, wanted.agent);
  const waiter = new TraceWaiter(core);
  const code = new CodeEvaluators(options);
  const experimentRunId = createRunId();
  const target = await openTarget({
    ...{ core, waiter, agent, folder, experimentRunId },
    ...{ workspace: options.workspace, hooksFolder: options.hooksFolder },
    timeoutMs: agent.timeoutMs ?? timeoutMs,
  });
  try {
    const run = new Run(options, {
      target,
      callers: { ask: refuse, embed: refuse, call: code.call },
    });
    await run.start();
    return await resultOf(options, run, experimentRunId);
  } finally {
    await Promise.all([target.close(), code.close()]);
    waiter.dispose();
  }
}

function noModel(what: string): UserError {
  return new UserError(`${what} asks a model, which this version of Glassbox cannot do yet.`);
}

const refuse = () => Promise.reject(new UserError('This version cannot ask models yet.'));

interface RunParts {
  readonly target: ExperimentTarget;
  readonly callers: Callers;
}

const isRateLimited = (called: Called) =>
  'error' in called && /\b429\b|rate.?limit/i.test(called.error);
const retryAfterMs = [1000, 4000, 16_000];

/** The state of one run. */
class Run {
  readonly repeats = new Map<string, RepeatResult[]>();
  /** Why it did not run to its end. */
  stopped: string | undefined;
  private spent = 0;
  private done = 0;
  private readonly needsObservations: boolean;

  constructor(
    private readonly options: ExperimentRun,
    private readonly parts: RunParts,
  ) {
    this.needsObservations = options.experiment.evaluators.some(readsObservations);
  }

  async start(): Promise<void> {
    const { dataset, experiment, signal } = this.options;
    const jobs = jobsOf(dataset.cases, experiment);
    await runJobs(jobs, {
      concurrency: experiment.concurrency,
      mayStart: () => !signal.aborted && this.spent < (experiment.budget ?? Infinity),
      run: (job, next) => this.runJob(job, { all: jobs.length, next }),
    });
    if (this.done === jobs.length) return;
    const why = signal.aborted ? 'The run was stopped' : 'The budget was spent';
    this.stopped = `${why} after ${this.done} of ${jobs.length} repeats.`;
  }

  private async runJob(
    { of, repeat }: Job<PlacedCase>,
    { all, next }: { readonly all: number; readonly next: () => void },
  ): Promise<void> {
    const { experiment, signal, onRepeat } = this.options;
    const answer = await this.answer(of, repeat, next);
    if (signal.aborted) return;
    const outcome = await this.outcomeOf(answer);
    const { evaluators } = experiment;
    const result = await evaluate(outcome, { of, evaluators, callers: this.parts.callers });
    // Their content lies in the store; a run of thousands must not hold it.
    const { observations: _, ...kept } = result;
    const known = this.repeats.get(of.id);
    if (known) known.push(kept);
    else this.repeats.set(of.id, [kept]);
    this.spent += outcome.cost ?? 0;
    this.done++;
    onRepeat({ done: this.done, all, caseId: of.id, repeat, result: kept });
  }

  private async answer(of: PlacedCase, repeat: number, next: () => void): Promise<Answer> {
    const { signal, experiment } = this.options;
    const onAnswer = (called: Called) => {
      // What a case cost is known with its trace: a budget has to wait for it.
      if (experiment.budget === undefined && !isRateLimited(called)) next();
    };
    const request = { of, repeat, signal, onAnswer };
    for (const pause of retryAfterMs) {
      const answer = await this.parts.target.run(request);
      if (!isRateLimited(answer) || signal.aborted) return answer;
      await pausing(pause, signal);
    }
    return this.parts.target.run(request);
  }

  private async outcomeOf(answer: Answer): Promise<Outcome> {
    const { traces, traceId, durationMs } = answer;
    return {
      ...('error' in answer ? { error: answer.error } : { output: answer.output }),
      ...{ traceId, durationMs, ...factsOf(traces) },
      observations: this.needsObservations ? await this.observationsOf(traces) : undefined,
    };
  }

  private async observationsOf(traces: readonly TraceSummary[]): Promise<readonly Observation[]> {
    const all: Observation[] = [];
    for (const { traceId } of traces) {
      let after: Parameters<Core['query']['observations']>[1];
      do {
        const page = await this.options.core.query.observations(traceId, after);
        all.push(...page.observations);
        after = page.next;
      } while (after);
    }
    return all.sort((a, b) => a.startTime - b.startTime);
  }
}

/** Without a trace nothing is known of cost and tokens; without a call both are 0. */
function factsOf(traces: readonly TraceSummary[]): Partial<Outcome> {
  if (traces.length === 0) return {};
  const priced = traces.every(({ unpricedCalls }) => unpricedCalls === 0);
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  const tokens = traces.map(({ usage, counts }) =>
    counts.generation === undefined ? 0 : totalTokens(usage),
  );
  return {
    cost: priced ? sum(traces.map(({ cost }) => cost?.total ?? 0)) : undefined,
    tokens: tokens.includes(undefined) ? undefined : sum(tokens.flatMap((one) => one ?? [])),
    errorCount: sum(traces.map(({ errorCount }) => errorCount)),
    firstError: traces.find(({ firstError }) => firstError)?.firstError?.message,
  };
}

async function resultOf(
  { experiment, dataset, baseline, folder }: ExperimentRun,
  { repeats, stopped }: Run,
  runId: string,
): Promise<ExperimentResult> {
  const ran: RanCase[] = dataset.cases
    .map((one) => ({ id: one.id, hash: hashCase(one), repeats: repeats.get(one.id) ?? [] }))
    .filter((one) => one.repeats.length > 0 || stopped === undefined);
  // A line that is no case must not make a run green by its absence.
  const faulty = dataset.problems.map(({ line, message }): RanCase => {
    const error = `${dataset.file}:${line}: ${message}`;
    const repeat = { error, durationMs: 0, cost: 0, scores: [], passed: false };
    return { id: `line ${line}`, hash: '', repeats: [repeat] };
  });
  // Cases a stopped run did not come to are neither judged nor removed.
  const present = new Set(dataset.cases.map(({ id }) => id));
  const reached = new Set(ran.map(({ id }) => id));
  const before = (baseline?.cases ?? []).filter(({ id }) => !present.has(id) || reached.has(id));
  const cases = judgeCases([...ran, ...faulty], before);
  const { name, gate } = experiment;
  const commit = (await readCheckout(folder))?.commit;
  const datasetHash = hashDataset(dataset.cases);
  return {
    report: reportOf({ experiment: name, runId, gate, stopped }, cases),
    baseline: baselineOf({ experiment: name, commit, datasetHash }, ran),
  };
}

function pausing(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true });
  });
}
