import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Filter } from '../../src/model/filter';
import { matchesObservation, matchesTrace, searchable } from '../../src/model/filterMatch';
import { parseFilter } from '../../src/model/filterParse';
import { matchesPattern } from '../../src/model/filterValue';
import type { ObservationSummary } from '../../src/model/observation';
import type { TraceSummary } from '../../src/model/trace';

const second = 1_000_000;
const now = 1_700_000_000 * second;

const trace: TraceSummary = {
  traceId: 'a'.repeat(32),
  name: 'Support',
  startTime: now - 3600 * second,
  endTime: now - 3597 * second,
  status: 'ok',
  sessionId: 's1',
  userId: 'Alice',
  tags: ['prod', 'beta'],
  serviceName: 'support-agent',
  usage: { input: 3000, output: 1200 },
  cost: { total: 0.02 },
  unpricedCalls: 0,
  counts: { agent: 2, generation: 2, tool: 2 },
  observationCount: 6,
  errorCount: 1,
  agents: ['Triage', 'Billing'],
  models: ['gpt-5-2026-01-01'],
  rootSpanId: '1',
  ai: true,
  starred: false,
  updatedTime: now,
  derivedBy: { dialects: 1, prices: '' },
};

function row(spanId: string, part: Partial<ObservationSummary>): ObservationSummary {
  return {
    traceId: trace.traceId,
    spanId,
    kind: 'span',
    name: spanId,
    startTime: trace.startTime,
    endTime: trace.startTime + second,
    status: 'ok',
    level: 'info',
    ai: true,
    ...part,
  };
}

const rows: readonly ObservationSummary[] = [
  row('1', { kind: 'agent', name: 'Triage', agentName: 'Triage' }),
  row('2', {
    kind: 'generation',
    name: 'chat',
    agentName: 'Triage',
    model: 'gpt-5-2026-01-01',
    requestedModel: 'gpt-5',
    usage: { total: 4200 },
    cost: { total: 0.02 },
  }),
  row('3', {
    kind: 'tool',
    name: 'search_orders',
    toolName: 'search_orders',
    agentName: 'Billing',
  }),
  row('4', {
    kind: 'tool',
    name: 'refund',
    toolName: 'refund',
    agentName: 'Billing',
    status: 'error',
    endTime: trace.startTime + 2.5 * second,
    sessionId: 's1',
    userId: 'Alice',
    tags: ['slow'],
    serviceName: 'tools',
  }),
  row('5', {
    kind: 'agent',
    name: 'Billing',
    agentName: 'Billing',
    endTime: undefined,
    status: 'running',
  }),
];

const ofTheTrace: readonly (readonly [string, boolean])[] = [
  ['status:ok', true],
  ['status:error', false],
  ['cost>0.01', true],
  ['cost>=0.02 cost<=0.02 cost:0.02', true],
  ['cost<0.02', false],
  ['latency>2s', true],
  ['latency>3s', false],
  ['tokens>4000', true],
  ['tokens>4200', false],
  ['user:alice', true],
  ['user=alice', false],
  ['user=Alice', true],
  ['session:s*', true],
  ['session:s', false],
  ['tag:prod tag:beta', true],
  ['tag:pro', false],
  ['since:2h', true],
  ['since:59m', false],
  ['errors>0', true],
  ['errors:2', false],
  ['starred:false', true],
  ['starred:true', false],
  ['service:support*', true],
  ['kind:tool', true],
  ['kind:retriever', false],
  ['model:gpt-5', true],
  ['model:gpt-5-2026*', true],
  ['model:gpt', false],
  ['agent:triage', true],
  ['tool:REFUND', true],
  ['name:*order*', true],
  ['kind:tool agent:triage', false],
  ['kind:tool (agent:triage or agent:billing)', true],
  ['kind:tool (agent:triage or name:chat)', false],
  ['kind:tool status:error', false],
  ['span(kind:tool status:error)', true],
  ['span(kind:tool status:error name:search*)', false],
  ['span(kind:tool) span(agent:triage)', true],
  ['-agent:triage', false],
  ['-agent:shipping', true],
  ['kind:tool -agent:triage', false],
  ['span(kind:tool -agent:triage)', true],
  ['(kind:tool or cost>1) agent:triage', true],
  ['(kind:retriever or cost>1)', false],
  ['kind:retriever or errors>0', true],
  ['-(kind:retriever or errors>0)', false],
  ['refund', false],
  ['attr.k=v', false],
];

test.each(ofTheTrace)('%s: a trace of several agents → %s', (source, expected) => {
  expect(matchesTrace(filterOf(source), trace, { rows, now })).toBe(expected);
});

const ofObservations: readonly (readonly [string, string])[] = [
  ['kind:tool', '34'],
  ['-kind:tool', '125'],
  ['agent:billing kind:tool', '34'],
  ['agent:billing or kind:generation', '2345'],
  ['span(status:error)', '4'],
  ['errors>0', '4'],
  ['errors:0 kind:tool', '3'],
  ['latency>2s', '4'],
  ['latency<=1s', '123'],
  ['cost>0', '2'],
  ['-cost>0', '1345'],
  ['tokens>=4200', '2'],
  ['user:alice session:s1 tag:slow service:tools', '4'],
  ['since:1h', '12345'],
  ['since:1m', ''],
  ['starred:true', ''],
  ['refund', ''],
];

test.each(ofObservations)('%s: observations %s', (source, expected) => {
  const filter = filterOf(source);
  const found = rows.filter((candidate) => matchesObservation(filter, candidate, now));
  expect(found.map(({ spanId }) => spanId).join('')).toBe(expected);
});

test('what is absent meets no comparison', () => {
  const bare: TraceSummary = {
    ...trace,
    cost: undefined,
    usage: undefined,
    endTime: undefined,
    userId: undefined,
  };
  const questions = ['cost<1', 'cost>=0', 'tokens>=0', 'latency<1d', 'user:*'];
  expect(
    questions.filter((source) => matchesTrace(filterOf(source), bare, { rows: [], now })),
  ).toEqual([]);
});

test('the terms that need the content are named with their place', () => {
  const filter = filterOf('kind:tool -("late" or score.x<1) span(attr.k=v metadata.a:b) errors>0');
  expect(searchable(filter)).toMatchObject([
    { type: 'text', text: 'late', position: 12 },
    { field: 'score', key: 'x', position: 22 },
    { field: 'attr', key: 'k', position: 38 },
    { field: 'metadata', key: 'a', position: 47 },
  ]);
  expect(searchable(filterOf('kind:tool (cost>1 or since:1h)'))).toEqual([]);
});

const patterns: readonly (readonly [string, string, boolean])[] = [
  ['', '', true],
  ['', 'a', false],
  ['*', '', true],
  ['a*', 'A', true],
  ['a*a', 'a', false],
  ['a*a', 'aa', true],
  ['*b*', 'abc', true],
  ['a*b*c', 'a-c-b-c', true],
  ['a*b*c', 'a-c-b', false],
  ['**', 'x', true],
  ['a.c', 'abc', false],
  ['É', 'é', false],
];

test.each(patterns)('the pattern %j on %j → %s', (pattern, words, expected) => {
  expect(matchesPattern(pattern, words)).toBe(expected);
});

test('a pattern means what the same regular expression means', () => {
  const letters = (unit: string[]) =>
    fc.array(fc.constantFrom(...unit), { maxLength: 8 }).map((all) => all.join(''));
  fc.assert(
    fc.property(letters(['a', 'B', '*']), letters(['a', 'b', 'A']), (pattern, words) => {
      const expression = new RegExp(`^${pattern.replaceAll('*', '.*')}$`, 'i');
      expect(matchesPattern(pattern, words)).toBe(expression.test(words));
    }),
    { numRuns: 1000 },
  );
});

test('a negation is the rest of the traces', () => {
  const sources = fc.constantFrom(...ofTheTrace.map(([source]) => source));
  fc.assert(
    fc.property(sources, fc.subarray([...rows]), (source, some) => {
      const filter = filterOf(source);
      expect(matchesTrace({ type: 'not', operand: filter }, trace, { rows: some, now })).toBe(
        !matchesTrace(filter, trace, { rows: some, now }),
      );
    }),
  );
});

function filterOf(source: string): Filter {
  const parsed = parseFilter(source);
  if (!('filter' in parsed) || !parsed.filter)
    throw new Error(`${source}: ${JSON.stringify(parsed)}`);
  return parsed.filter;
}
