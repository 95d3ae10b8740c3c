import type { Observation } from '../../src/model/observation';
import type { TraceWithObservations } from '../../src/model/trace';
import { usageOfAnswer } from './script';

/** What a program of the table does, whichever SDK it does it with. */
export interface Scenario {
  /** Names of the agents that run; none for a bare client. */
  readonly agents: readonly string[];
  readonly handoff: boolean;
  /** Tools that run, by name; the ones that fail end with `!`. */
  readonly tools: readonly string[];
  /** True where one answer is held to a schema. */
  readonly structured: boolean;
  /** True where one call fails. */
  readonly failure: boolean;
  readonly embedding: boolean;
}

/** The help desk: triage hands over to billing, whose two tools run at once and one fails. */
export const desk: Scenario = {
  ...{ agents: ['Triage', 'Billing'], handoff: true, tools: ['lookup_order', 'refund!'] },
  ...{ structured: true, failure: false, embedding: false },
};

/** The same with one agent, for SDKs that know no handoff. */
export const oneAgent: Scenario = { ...desk, agents: ['Billing'], handoff: false };

/** Calls of a client: a tool call, its result, a stream, a failure and an embedding. */
export const calls: Scenario = {
  ...{ agents: [], handoff: false, tools: [], structured: false, failure: true, embedding: true },
};

export interface Evidence {
  readonly scenario: Scenario;
  /** Of the run that went to its end. */
  readonly traces: readonly TraceWithObservations[];
  /** Answers the model gave, failures left out. */
  readonly answers: number;
  /** Of the run that was killed in the middle of its work. */
  readonly killed: readonly TraceWithObservations[];
}

export const columns = [
  ...['kinds', 'names', 'input', 'output', 'tools', 'tokens', 'cached, reasoning', 'cost'],
  ...['session', 'errors', 'structured', 'streaming', 'interrupted', 'live'],
] as const;
export type Column = (typeof columns)[number];

/** Of each column `yes`, or what is missing. */
export type Verdicts = Readonly<Record<Column, string>>;

const yes = 'yes';

/** Judges what was read of a run against what is known to have happened. */
export function judge(evidence: Evidence): Verdicts {
  const seen = new Seen(evidence);
  return {
    kinds: seen.kinds(),
    names: seen.names(),
    input: seen.input(),
    output: seen.output(),
    tools: seen.tools(),
    tokens: seen.tokens(),
    'cached, reasoning': seen.details(),
    cost: seen.cost(),
    session: seen.session(),
    errors: seen.errors(),
    structured: seen.structured(),
    streaming: seen.streaming(),
    interrupted: seen.interrupted(),
    live: seen.live(),
  };
}

class Seen {
  private readonly all: readonly Observation[];
  private readonly calls: readonly Observation[];
  private readonly answered: readonly Observation[];

  constructor(private readonly evidence: Evidence) {
    this.all = evidence.traces.flatMap(({ observations }) => observations);
    this.calls = this.of('generation');
    this.answered = this.calls.filter(({ status }) => status === 'ok');
  }

  kinds(): string {
    const { scenario, answers } = this.evidence;
    const expected: [Observation['kind'], number][] = [
      ['generation', answers + Number(scenario.failure)],
      ['tool', scenario.tools.length],
      ['handoff', Number(scenario.handoff)],
      ['embedding', Number(scenario.embedding)],
    ];
    const wrong = expected.flatMap(([kind, count]) => {
      const found = this.of(kind).length;
      return found === count ? [] : `${kind}: ${found} of ${count}`;
    });
    const agents = this.of('agent').length;
    if (agents < scenario.agents.length)
      wrong.push(`agent: ${agents} of ${scenario.agents.length}`);
    return missing(wrong);
  }

  names(): string {
    const { agents, tools } = this.evidence.scenario;
    const known = new Set(this.all.map(({ name }) => name));
    const wanted = [...agents, ...tools.map(bare)];
    return missing(wanted.filter((name) => !known.has(name)));
  }

  input(): string {
    const blind = this.calls.filter(
      ({ inputMessages }) => !inputMessages?.some(({ role }) => role === 'user'),
    );
    return this.calls.length === 0 ? 'no calls' : some(blind.length, this.calls.length);
  }

  output(): string {
    const silent = this.answered.filter(({ outputMessages }) => !outputMessages?.length);
    return this.calls.length === 0 ? 'no calls' : some(silent.length, this.answered.length);
  }

  tools(): string {
    const { scenario } = this.evidence;
    if (!this.calls.some(({ toolDefinitions }) => toolDefinitions?.length)) {
      return 'no definitions';
    }
    const wrong = scenario.tools.flatMap((tool) => {
      const run = this.of('tool').find(({ toolName }) => toolName === bare(tool));
      if (!run) return [`${bare(tool)} not seen`];
      if (!JSON.stringify(run.input ?? '').includes('A-7')) return [`${bare(tool)}: no arguments`];
      const told = tool.endsWith('!') ? (run.statusMessage ?? run.output) : run.output;
      return told === undefined ? [`${bare(tool)}: no result`] : [];
    });
    return missing(wrong);
  }

  /** The sums of the traces are what the model has used: nothing lost, nothing twice. */
  tokens(): string {
    const { traces, answers } = this.evidence;
    const embedded = this.of('embedding').reduce((sum, { usage }) => sum + (usage?.input ?? 0), 0);
    const input = sumOf(traces, 'input') - embedded;
    const output = sumOf(traces, 'output');
    const expected = [answers * usageOfAnswer.input, answers * usageOfAnswer.output];
    if (input === 0 && output === 0) return 'none';
    if (input === expected[0] && output === expected[1]) return yes;
    return `${input} + ${output} of ${expected.join(' + ')}`;
  }

  details(): string {
    const { traces, answers } = this.evidence;
    const wrong = (['cacheRead', 'reasoning'] as const).flatMap((bucket) => {
      const each = bucket === 'cacheRead' ? usageOfAnswer.cached : usageOfAnswer.reasoning;
      const sum = sumOf(traces, bucket);
      const name = bucket === 'cacheRead' ? 'cached' : 'reasoning';
      return sum === answers * each
        ? []
        : sum === 0
          ? `no ${name}`
          : `${name}: ${sum} of ${answers * each}`;
    });
    return missing(wrong);
  }

  cost(): string {
    const unpriced = this.answered.filter(({ cost }) => cost?.total === undefined).length;
    return this.calls.length === 0 ? 'no calls' : some(unpriced, this.answered.length);
  }

  session(): string {
    return this.evidence.traces.some(({ sessionId }) => sessionId === 'thread-9') ? yes : 'none';
  }

  errors(): string {
    const { scenario } = this.evidence;
    const failed = (one: Observation) => one.status === 'error' && one.statusMessage !== undefined;
    const wrong = scenario.tools
      .filter((tool) => tool.endsWith('!'))
      .filter((tool) => !this.of('tool').some((run) => run.toolName === bare(tool) && failed(run)))
      .map((tool) => `${bare(tool)} looks fine`);
    if (scenario.failure && !this.calls.some(failed)) wrong.push('the failed call looks fine');
    return missing(wrong);
  }

  structured(): string {
    if (!this.evidence.scenario.structured) return '';
    const said = (one: Observation) => JSON.stringify(one.outputMessages ?? one.output ?? '');
    return this.answered.some((one) => said(one).includes('resolved')) ? yes : 'no answer';
  }

  /** The streamed call is known by what it was asked. */
  streaming(): string {
    const streamed = this.calls.filter(({ inputMessages }) =>
      JSON.stringify(inputMessages ?? '').includes('Say hello'),
    );
    if (streamed.length === 0) return 'not seen';
    const wrong = streamed.flatMap(({ outputMessages, usage }) => [
      ...(JSON.stringify(outputMessages ?? '').includes('You said') ? [] : ['no answer']),
      ...(usage?.output === usageOfAnswer.output ? [] : ['no tokens']),
    ]);
    return missing([...new Set(wrong)]);
  }

  interrupted(): string {
    const { killed } = this.evidence;
    if (killed.length === 0) return 'nothing arrives';
    if (killed.some(({ status }) => status === 'interrupted')) return yes;
    return 'only what had ended';
  }

  live(): string {
    const reported = this.evidence.killed.some(({ observations }) =>
      observations.some(({ status }) => status === 'interrupted'),
    );
    return reported ? yes : 'spans come when they end';
  }

  private of(kind: Observation['kind']): readonly Observation[] {
    return this.all.filter((one) => one.kind === kind);
  }
}

function sumOf(
  traces: readonly TraceWithObservations[],
  bucket: 'input' | 'output' | 'cacheRead' | 'reasoning',
): number {
  return traces.reduce((sum, { usage }) => sum + (usage?.[bucket] ?? 0), 0);
}

function bare(tool: string): string {
  return tool.replace(/!$/, '');
}

function missing(what: readonly string[]): string {
  return what.length === 0 ? yes : `no: ${what.join(', ')}`;
}

function some(without: number, all: number): string {
  if (without === 0) return yes;
  return without === all ? 'none' : `${all - without} of ${all}`;
}
