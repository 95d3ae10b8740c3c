import type { Observation } from '../model/observation';
import { remedyOf, type Remedy } from './remedies';

/**
 * What is missing in a trace or stands in the wrong place, why, and what to change in that very
 * SDK. It looks at observations as they were read, one after the other, and keeps none of them.
 */

export type FindingId =
  | 'no-content'
  | 'no-tokens'
  | 'counted-twice'
  | 'unknown-convention'
  | 'no-session'
  | 'loose-logs'
  | 'cut'
  | 'no-price';

export interface Finding {
  readonly id: FindingId;
  /** A `problem` loses something of the trace; a `hint` would add to it. */
  readonly weight: 'problem' | 'hint';
  readonly what: string;
  readonly why: string;
  /** The exact change, as it is written in that SDK. */
  readonly change: string;
  /** What does it without a change of code, where anything does. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Some of the observations it is about; none where it is about the trace. */
  readonly spanIds: readonly string[];
  /** All of them. */
  readonly count: number;
}

/** Examples a finding names at most. */
const mostExamples = 5;

interface Noted {
  readonly spanIds: string[];
  count: number;
  /** What the change depends on: an instrumentation, or the keys that were found. */
  readonly about: Set<string>;
}

/** Sees the observations of one trace in any order, then says what it found. */
export class Doctor {
  private readonly noted = new Map<FindingId, Noted>();
  private readonly scopes = new Set<string>();
  private readonly calls: Observation[] = [];
  private hasSession = false;

  see(observation: Observation): void {
    const { kind, sessionId, attributes } = observation;
    this.hasSession ||= sessionId !== undefined;
    const scope = scopeOf(observation);
    if (scope !== '') this.scopes.add(scope);
    if (kind === 'generation') this.seeCall(observation, scope);
    else if (kind === 'span') this.seePlain(observation);
    const cut = attributes['glassbox.cut'];
    const dropped = attributes['otel.dropped_attributes_count'];
    if (cut !== undefined) this.note('cut', observation, 'content of more than 20 MB');
    if (typeof dropped === 'number') this.note('cut', observation, `${dropped} attributes`);
  }

  /** `looseLogs`: log records of the trace that name no span of it. */
  findings(looseLogs: number): readonly Finding[] {
    this.findDoubles();
    const found = [...this.noted].map(([id, noted]) => this.finding(id, noted));
    if (!this.hasSession && this.calls.length > 0) found.push(this.noSession());
    if (looseLogs > 0) found.push(looseLogsFinding(looseLogs));
    return found.sort((a, b) => order.indexOf(a.id) - order.indexOf(b.id));
  }

  private seeCall(call: Observation, scope: string): void {
    const { input, inputMessages, output, outputMessages, usage, status, cost, model } = call;
    // Enough of a call to find it twice; its content is not kept.
    this.calls.push({
      ...bare,
      ...call,
      input: undefined,
      output: undefined,
      attributes: { 'scope.name': scope },
    });
    // What runs has no answer yet, what failed may have had none, and start reports say little.
    if (status !== 'ok') return;
    const isSilent = outputMessages === undefined && output === undefined;
    if (isSilent || (inputMessages === undefined && input === undefined)) {
      this.note('no-content', call, scope);
    }
    if (!usage) this.note('no-tokens', call, scope);
    else if (cost?.total === undefined) {
      this.note('no-price', call, model ?? call.requestedModel ?? 'a model without a name');
    }
  }

  /** A span that nobody understood, but that speaks of prompts or tokens. */
  private seePlain(observation: Observation): void {
    if (Object.keys(observation.dialect).some((field) => field !== 'name')) return;
    for (const key of Object.keys(observation.attributes)) {
      if (/^(?:resource|scope|http|code|otel)\./.test(key)) continue;
      if (/(?:^|[._-])(?:prompt|completion|tokens?|llm|messages)(?:$|[._-])/i.test(key)) {
        this.note('unknown-convention', observation, key);
      }
    }
  }

  private findDoubles(): void {
    const seen = new Map<string, Observation>();
    for (const call of [...this.calls].sort((a, b) => a.startTime - b.startTime)) {
      const key = identityOf(call);
      const other = key === undefined ? undefined : seen.get(key);
      if (other && (call.responseId !== undefined || overlap(other, call))) {
        const both = [scopeOf(other), scopeOf(call)].join(' and ');
        this.note('counted-twice', call, both);
      } else if (key !== undefined) seen.set(key, call);
    }
  }

  private note(id: FindingId, { spanId }: Observation, about: string): void {
    const noted = this.noted.get(id) ?? { spanIds: [], count: 0, about: new Set() };
    this.noted.set(id, noted);
    if (noted.spanIds.at(-1) !== spanId) {
      noted.count++;
      if (noted.spanIds.length < mostExamples) noted.spanIds.push(spanId);
    }
    if (noted.about.size < mostExamples) noted.about.add(about);
  }

  private finding(id: FindingId, { spanIds, count, about }: Noted): Finding {
    const said = [...about];
    const remedies = said.map((one) => remedyOf(id, one));
    const texts = wordsOf(id, count, said.join(', '));
    return { id, ...texts, ...united(remedies), spanIds, count };
  }

  private noSession(): Finding {
    const remedies = [...this.scopes].map((scope) => remedyOf('no-session', scope));
    return {
      ...{ id: 'no-session', weight: 'hint', what: 'The trace belongs to no session.' },
      why: 'Nothing in it says which conversation it is part of, so turns of one conversation stand apart.',
      ...united(remedies),
      ...{ spanIds: [], count: 1 },
    };
  }
}

/** The worst first. */
const order: readonly FindingId[] = [
  ...(['counted-twice', 'no-content', 'no-tokens', 'unknown-convention', 'cut'] as const),
  ...(['loose-logs', 'no-price', 'no-session'] as const),
];

const bare = {
  events: [],
  links: [],
  dialect: {},
  inputMessages: undefined,
  outputMessages: undefined,
};

function scopeOf({ attributes }: Observation): string {
  const scope = attributes['scope.name'];
  return typeof scope === 'string' ? scope : '';
}

/** One answer has one id; without it, one model and the same tokens at the same time. */
function identityOf(call: Observation): string | undefined {
  if (call.responseId !== undefined) return call.responseId;
  const { usage, requestedModel, model } = call;
  if (usage?.input === undefined || usage.output === undefined) return undefined;
  return [requestedModel ?? model ?? '', usage.input, usage.output].join(' ');
}

function overlap(first: Observation, second: Observation): boolean {
  return second.startTime < (first.endTime ?? Infinity) && scopeOf(first) !== scopeOf(second);
}

function united(remedies: readonly Remedy[]): Pick<Finding, 'change' | 'environment'> {
  const changes = [...new Set(remedies.map(({ change }) => change))];
  const environment: Record<string, string> = {};
  for (const remedy of remedies) Object.assign(environment, remedy.environment);
  return {
    change: changes.join(' '),
    ...(Object.keys(environment).length > 0 ? { environment } : {}),
  };
}

function looseLogsFinding(count: number): Finding {
  return {
    ...{ id: 'loose-logs', weight: 'problem', spanIds: [], count },
    what: `${calls(count, 'log record')} of the trace belong to no span that came.`,
    why: 'The log exporter is set up and the span exporter is not, or the spans are still to come.',
    change: 'Give the program a span exporter beside its log exporter, to the same endpoint.',
  };
}

function wordsOf(
  id: FindingId,
  count: number,
  about: string,
): Pick<Finding, 'weight' | 'what' | 'why'> {
  switch (id) {
    case 'no-content':
      return {
        weight: 'problem',
        what: `${calls(count, 'model call')} came without messages.`,
        why: `${about || 'The instrumentation'} leaves out what was said unless it is told to keep it.`,
      };
    case 'no-tokens':
      return {
        weight: 'problem',
        what: `${calls(count, 'model call')} came without tokens, and so without a cost.`,
        why: 'The service was not asked to count them (streams), or the instrumentation leaves them out.',
      };
    case 'counted-twice':
      return {
        weight: 'problem',
        what: `${calls(count, 'model call')} came twice.`,
        why: `Two instrumentations see the same client: ${about}.`,
      };
    case 'unknown-convention':
      return {
        weight: 'problem',
        what: `${calls(count, 'span')} may be model calls, but no convention says so.`,
        why: `Their attributes have names of their own: ${about}.`,
      };
    case 'cut':
      return {
        weight: 'problem',
        what: `${calls(count, 'span')} came incomplete.`,
        why: `A limit of the program or of Glassbox left out ${about}.`,
      };
    case 'no-price':
      return {
        weight: 'hint',
        what: `${calls(count, 'model call')} came without a known price.`,
        why: `The built-in prices do not know ${about}.`,
      };
    case 'no-session':
    case 'loose-logs':
      return { weight: 'hint', what: '', why: '' };
  }
}

function calls(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
