import { describe, expect, test } from 'vitest';
import { baselineOf, formatBaseline, parseBaseline } from '../../src/experiments/baseline';
import type { Gate } from '../../src/experiments/experiment';
import { percent } from '../../src/experiments/gate';
import { reportJson, reportOf } from '../../src/experiments/report';
import { judgeCases, type RanCase } from '../../src/experiments/verdict';
import { ran } from './results';

const facts = { experiment: 'e', datasetHash: 'd', commit: 'c0ffee' };
const baseline = (...cases: RanCase[]) => baselineOf(facts, cases).cases;

test.each([
  ['+', 'passed', 1],
  ['+++', 'passed', 1],
  ['-', 'failed', 0],
  ['-!', 'failed', 0],
  ['+-', 'flaky', 0.5],
  ['+!', 'flaky', 0.5],
  ['!', 'error', 0],
  ['!!', 'error', 0],
  ['', 'error', 0],
])('a case with the repeats %j is %s', (pattern, status, passRate) => {
  expect(judgeCases([ran('a', pattern)], [])).toMatchObject([
    { id: 'a', status, passRate, change: 'new', decided: false },
  ]);
});

test.each([
  ['+', '+', 'same', false, undefined],
  ['-', '-', 'same', false, undefined],
  ['+', '-', 'broken', false, 19],
  ['-', '+', 'fixed', false, 19],
  ['+++++', '-----', 'broken', true, 0],
  ['-----', '+++++', 'fixed', true, 0],
  ['+++', '++-', 'flaky', false, undefined],
  ['+++++++++++++++', '+--------------', 'broken', true, 0],
  ['-!', '!!', 'same', false, undefined],
  ['+-', '++', 'fixed', false, expect.any(Number)],
  ['+-', '+-', 'flaky', false, undefined],
])('from %s to %s is %s', (...[before, now, change, decided, more]) => {
  const [judged] = judgeCases([ran('a', now)], baseline(ran('a', before)));
  expect(judged).toMatchObject({ change, decided });
  expect(judged?.repeatsNeeded).toEqual(more);
});

test('cases are paired by id and content; those that went are told', () => {
  const other = { ...ran('b', '+'), hash: 'another' };
  const judged = judgeCases(
    [ran('a', '+'), other, ran('c', '-')],
    baseline(ran('a', '+'), ran('b', '+'), ran('gone', '+-')),
  );
  expect(judged.map(({ id, change, status }) => [id, change, status])).toEqual([
    ['a', 'same', 'passed'],
    ['b', 'new', 'passed'],
    ['c', 'new', 'failed'],
    ['gone', 'removed', 'flaky'],
  ]);
});

describe('the gate', () => {
  const reasons = (gate: Gate | undefined, cases: readonly RanCase[], before = baseline()) =>
    reportOf({ experiment: 'e', runId: 'r', gate }, judgeCases(cases, before)).gate.reasons;

  const half = [ran('a', '+'), ran('b', '-')];
  test.each<[Gate | undefined, readonly RanCase[], readonly RegExp[]]>([
    [undefined, half, []],
    [{ passRate: 0.5 }, half, []],
    [{ passRate: 0.6 }, half, [/pass rate is 50 %, below 60 %/]],
    [{ passRate: 2 / 3 }, [ran('a', '++-')], []],
    [{ passRateLower: 0.5 }, half, [/lower bound of the pass rate is 9\.4 %, below 50 %/]],
    [{ maxCost: 0.002 }, half, []],
    [{ maxCost: 0.0019 }, half, [/cost \$0\.0020?, more than \$0\.0019/]],
    [{ maxCost: 9 }, [ran('a', '+', { cost: undefined })], [/cost is not known/]],
    [{ maxLatencyMs: 100 }, half, []],
    [{ maxLatencyMs: 99 }, half, [/95th percentile is 100 ms, more than 99 ms/]],
    [{ passRate: 1, maxLatencyMs: 1 }, half, [/pass rate/, /percentile/]],
  ])('%j', (gate, cases, expected) => {
    const found = reasons(gate, cases);
    expect(found).toHaveLength(expected.length);
    expected.forEach((reason, index) => expect(found[index]).toMatch(reason));
  });

  test.each<[Gate['noBroken'], string, string, boolean]>([
    [true, '+', '-', true],
    [true, '+++++', '-----', false],
    ['strict', '+', '-', false],
    ['strict', '++', '+-', true],
    [false, '+++++', '-----', true],
  ])('noBroken %j: from %s to %s', (...[noBroken, before, now, passes]) => {
    const found = reasons({ noBroken }, [ran('a', now)], baseline(ran('a', before)));
    expect(found).toEqual(passes ? [] : ['Broken against the baseline: a.']);
  });

  test('a run that was stopped passes none', () => {
    const stopped = 'Stopped after 1 of 2 cases.';
    const report = reportOf(
      { experiment: 'e', runId: 'r', gate: undefined, stopped },
      judgeCases([ran('a', '+')], []),
    );
    expect(report.gate).toEqual({ passed: false, reasons: [stopped] });
  });
});

test.each([
  [1, '100 %'],
  [0.9999, '99.9 %'],
  [2 / 3, '66.6 %'],
  [0.29, '29 %'],
  [0, '0 %'],
])('%d is written %s', (share, text) => {
  expect(percent(share)).toBe(text);
});

test('the report as JSON has exactly the documented shape', () => {
  const cases = judgeCases([ran('a', '+'), ran('b', '!', { cost: undefined })], []);
  const report = reportOf({ experiment: 'e', runId: 'r', gate: undefined }, cases);
  const score = { evaluator: 'exact', score: 1, passed: true, reason: 'Good.' };
  const failed = { ...score, score: 0, passed: false, reason: 'Expected "a", the output is "b".' };
  const verdict = { change: 'new', decided: false, repeatsNeeded: null };
  const trace = { traceId: 'ab12', durationMs: 100 };
  expect(reportJson(report)).toEqual({
    ...{ experiment: 'e', runId: 'r', passRate: 0.5, cost: null },
    interval: [expect.closeTo(0.0945, 4), expect.closeTo(0.9055, 4)],
    gate: { passed: true, reasons: [] },
    cases: [
      {
        ...{ id: 'a', status: 'passed', passRate: 1, ...verdict },
        repeats: [{ ...trace, output: 'a', error: null, cost: 0.001, scores: [score] }],
      },
      {
        ...{ id: 'b', status: 'error', passRate: 0, ...verdict },
        repeats: [{ ...trace, output: null, error: 'It crashed.', cost: null, scores: [failed] }],
      },
    ],
  });
});

describe('a baseline', () => {
  const cases = [ran('a', '+-'), ran('b', '+', { cost: undefined, durationMs: 1.4 })];
  const made = baselineOf(facts, [...cases, ran('c', '')]);

  test('keeps means and no outputs', () => {
    expect(made.cases).toEqual([
      {
        ...{ id: 'a', hash: 'hash of a', repeats: 2, passed: 1 },
        ...{ scores: { exact: 0.5 }, cost: 0.001, durationMs: 100 },
      },
      {
        ...{ id: 'b', hash: 'hash of b', repeats: 1, passed: 1 },
        ...{ scores: { exact: 1 }, cost: undefined, durationMs: 1 },
      },
    ]);
  });

  test('is written a case a line and read again', () => {
    const text = formatBaseline(made);
    expect(text).toMatch(/^\{\n {2}"version": 1,/);
    expect(text.split('\n').filter((line) => line.includes('"id"'))).toHaveLength(2);
    expect(parseBaseline(text)).toEqual({ baseline: JSON.parse(JSON.stringify(made)) as unknown });
    expect(parseBaseline(formatBaseline(baselineOf(facts, [])))).toMatchObject({
      baseline: { cases: [] },
    });
  });

  test.each([
    ['{', /not JSON/],
    ['[]', /no cases/],
    ['{"version":2,"cases":[]}', /another version/],
  ])('%s is none', (text, problem) => {
    expect(parseBaseline(text)).toEqual({ problem: expect.stringMatching(problem) as string });
  });

  test('cases that cannot be read are left out', () => {
    const bad = ['null', '{"id":"a"}', '{"id":"a","hash":"h","repeats":1,"passed":2}'];
    const text = `{"version":1,"cases":[${bad.join()}]}`;
    expect(parseBaseline(text)).toMatchObject({ baseline: { cases: [] } });
  });
});
