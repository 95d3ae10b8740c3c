import { agentScopes } from './agentScopes';
import { compareRows } from './compareRows';
import { tokensOf } from './filterMatch';
import type { ObservationSummary } from './observation';

/** Problems of a trace that no single observation says: what one would look for first. */

export type FindingKind =
  'repeatedCall' | 'retries' | 'emptyOutput' | 'truncated' | 'nearContextLimit' | 'costSpiral';

export interface TraceFinding {
  readonly kind: FindingKind;
  /** A sentence for a person. */
  readonly message: string;
  /** The observations it is about, in order of time. */
  readonly spanIds: readonly string[];
}

/** What rows do not say. */
export interface FindingFacts {
  /** Input and output of calls of tools and models, as text that is equal where they are. */
  readonly contents: ReadonlyMap<string, { readonly input?: string; readonly output?: string }>;
  /** Tokens that a call of this model may have, if known. */
  contextLimit(row: ObservationSummary): number | undefined;
}

const leastRepeats = 3;
const nearLimit = 0.85;
const leastSpiral = 5;
const spiralGrowth = 3;

/** The problems of a trace from its observations, in any order; by the time of their first one. */
export function findingsOf(
  rows: readonly ObservationSummary[],
  facts: FindingFacts,
): readonly TraceFinding[] {
  const ordered = [...rows].sort(compareRows);
  const places = new Map(ordered.map((row, i) => [row.spanId, i]));
  const scopes = agentScopes(ordered);
  const tools = ordered.filter(({ kind }) => kind === 'tool');
  const calls = ordered.filter(({ kind }) => kind === 'generation');
  const retries = retriesIn(ordered.filter(({ kind }) => kind === 'tool' || kind === 'generation'));
  const retried = new Set(retries.flatMap(({ spanIds }) => spanIds));
  const once = tools.filter(({ spanId }) => !retried.has(spanId));
  const findings = [
    ...retries,
    ...repeatsIn(once, scopes, facts),
    ...calls.flatMap((row) => emptyOutput(row, facts)),
    ...calls.flatMap(truncated),
    ...calls.flatMap((row) => nearContextLimit(row, facts)),
    ...spiralsIn(calls, scopes),
  ];
  const firstPlace = ({ spanIds }: TraceFinding) => places.get(spanIds[0] ?? '') ?? 0;
  return findings.sort((a, b) => firstPlace(a) - firstPlace(b));
}

/** The same tool asked the same by one agent, again and again. */
function repeatsIn(
  tools: readonly ObservationSummary[],
  scopes: ReadonlyMap<string, string>,
  { contents }: FindingFacts,
): readonly TraceFinding[] {
  const groups = Map.groupBy(
    tools.filter(({ spanId }) => contents.get(spanId)?.input !== undefined),
    (row) => JSON.stringify([scopes.get(row.spanId), row.name, contents.get(row.spanId)?.input]),
  );
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (!first || group.length < leastRepeats) return [];
    return {
      kind: 'repeatedCall' as const,
      message: `${first.name} was called ${count(group.length, 'time')} with the same input.`,
      spanIds: idsOf(group),
    };
  });
}

/** Siblings of one name of which one failed and another was begun after it. */
function retriesIn(rows: readonly ObservationSummary[]): readonly TraceFinding[] {
  const siblings = Map.groupBy(rows, ({ parentSpanId = '', kind, name }) =>
    JSON.stringify([parentSpanId, kind, name]),
  );
  return [...siblings.values()].flatMap((group) => {
    const tries: ObservationSummary[][] = [];
    let open = false;
    for (const row of group) {
      if (open) tries.at(-1)?.push(row);
      else if (row.status === 'error') tries.push([row]);
      open = row.status === 'error';
    }
    return tries.filter((each) => each.length > 1).map(retryFinding);
  });
}

function retryFinding(tries: readonly ObservationSummary[]): TraceFinding {
  const failed = tries.filter(({ status }) => status === 'error').length;
  const name = tries[0]?.name ?? '';
  const end =
    failed === tries.length ? 'and failed each time' : `after ${count(failed, 'failure')}`;
  return {
    kind: 'retries',
    message: `${name} was tried ${count(tries.length, 'time')}, ${end}.`,
    spanIds: idsOf(tries),
  };
}

/** Where input is known, content was captured, and an output that is not there was empty. */
function emptyOutput(
  { spanId, name, status }: ObservationSummary,
  { contents }: FindingFacts,
): readonly TraceFinding[] {
  const content = contents.get(spanId);
  if (status !== 'ok' || content?.input === undefined) return [];
  if ((content.output ?? '').trim() !== '') return [];
  return [{ kind: 'emptyOutput', message: `${name} answered nothing.`, spanIds: [spanId] }];
}

function truncated({ spanId, name, finishReasons }: ObservationSummary): readonly TraceFinding[] {
  if (!finishReasons?.includes('length')) return [];
  const message = `${name} was cut off at its limit of output tokens.`;
  return [{ kind: 'truncated', message, spanIds: [spanId] }];
}

function nearContextLimit(row: ObservationSummary, facts: FindingFacts): readonly TraceFinding[] {
  const limit = facts.contextLimit(row);
  const tokens = tokensOf(row.usage);
  if (limit === undefined || tokens === undefined || tokens < limit * nearLimit) return [];
  const share = Math.round((tokens / limit) * 100);
  const message = `${row.name} used ${String(share)} % of the ${limit.toLocaleString('en-US')} tokens its model takes.`;
  return [{ kind: 'nearContextLimit', message, spanIds: [row.spanId] }];
}

/** Calls of one agent each of which costs about what all before it did, and more. */
function spiralsIn(
  calls: readonly ObservationSummary[],
  scopes: ReadonlyMap<string, string>,
): readonly TraceFinding[] {
  const groups = Map.groupBy(calls, (row) => JSON.stringify([scopes.get(row.spanId), row.name]));
  return [...groups.values()].flatMap((group) => {
    const priced = group.every(({ cost }) => cost?.total !== undefined);
    const amounts = group.map((row) => (priced ? row.cost?.total : tokensOf(row.usage)) ?? 0);
    const [first, last] = [median(amounts.slice(0, 3)), median(amounts.slice(-3))];
    if (group.length < leastSpiral || first <= 0 || last < first * spiralGrowth) return [];
    const grew = amounts.filter((amount, i) => i > 0 && amount >= (amounts[i - 1] ?? 0)).length;
    if (grew < (amounts.length - 1) * 0.7) return [];
    const what = priced ? 'cost' : 'use of tokens';
    const times = (last / first).toFixed(1);
    return {
      kind: 'costSpiral' as const,
      message: `The ${what} of ${group[0]?.name ?? 'a call'} grew ${times} times over ${count(group.length, 'call')}.`,
      spanIds: idsOf(group),
    };
  });
}

function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? 0;
}

function idsOf(rows: readonly ObservationSummary[]): readonly string[] {
  return rows.map(({ spanId }) => spanId);
}

function count(number: number, noun: string): string {
  return `${String(number)} ${noun}${number === 1 ? '' : 's'}`;
}
