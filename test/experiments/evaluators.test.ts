import { describe, expect, test } from 'vitest';
import { evaluate, type Callers } from '../../src/experiments/evaluators/evaluate';
import type { EvaluatorSpec } from '../../src/experiments/experiment';
import { parseExperiment } from '../../src/experiments/experimentFile';
import type { Outcome } from '../../src/experiments/outcome';
import type { Observation } from '../../src/model/observation';
import type { Json } from '../../src/model/value';

const refuse = () => Promise.reject(new Error('not asked for'));
const noCallers: Callers = { ask: refuse, embed: refuse, call: refuse };

interface Given {
  readonly output?: Json;
  readonly input?: Json;
  readonly expected?: Json;
  readonly outcome?: Partial<Outcome>;
  readonly callers?: Partial<Callers>;
}

async function score(spec: object, { output, input = 'q', expected, ...given }: Given) {
  const text = JSON.stringify({ dataset: 'd', target: { agent: 'a' }, evaluators: [spec] });
  const { experiment, problems } = parseExperiment('e', text);
  expect(problems).toEqual([]);
  const outcome = { output, durationMs: 1200, ...given.outcome };
  const { scores } = await evaluate(outcome, {
    of: { id: 'c', input, tags: [], ...(expected !== undefined && { expected }) },
    evaluators: experiment?.evaluators as readonly EvaluatorSpec[],
    callers: { ...noCallers, ...given.callers },
  });
  return scores[0]!;
}

describe('of outputs', () => {
  const schema = { type: 'object', properties: { n: { type: 'integer' } }, required: ['n'] };
  test.each<[object, Json, Json | undefined, boolean, RegExp]>([
    [{ type: 'contains', value: 'Paris' }, 'It is Paris.', undefined, true, /contains "Paris"/],
    [{ type: 'contains', value: 'paris' }, 'It is Paris.', undefined, false, /does not contain/],
    [{ type: 'contains', value: 'paris', ignoreCase: true }, 'PARIS', undefined, true, /./],
    [{ type: 'contains', value: ['a', 'z'] }, 'abc', undefined, false, /not contain "z"/],
    [{ type: 'contains' }, 'the answer is 42', '42', true, /"42"/],
    [{ type: 'contains' }, 'x', undefined, false, /nothing to compare with/],
    [{ type: 'contains' }, { reply: 'refunded' }, 'refunded', true, /./],
    [{ type: 'exact' }, 'a', 'a', true, /expected one/],
    [{ type: 'exact' }, 'A ', 'a', false, /Expected "a", the output is "A "/],
    [{ type: 'exact', normalize: true }, ' A\n b', 'a B', true, /./],
    [{ type: 'exact' }, { b: 1, a: [2] }, { a: [2], b: 1 }, true, /./],
    [{ type: 'exact' }, 'a', undefined, false, /nothing to compare with/],
    [{ type: 'regex', pattern: 'A-\\d{4}' }, 'order A-1044.', undefined, true, /fits "A-1044"/],
    [{ type: 'regex', pattern: '^x', flags: 'i' }, 'y', undefined, false, /fits nothing/],
    [{ type: 'number' }, 'The sum is 1,234.5', 1234.5, true, /within 0/],
    [{ type: 'number' }, 0.1 + 0.2, 0.3, true, /./],
    [{ type: 'number', tolerance: 0.5 }, 'about 9.4', 10, false, /0.6 from the expected 10/],
    [{ type: 'number' }, 'none', 1, false, /no number in "none"/],
    [{ type: 'number' }, 1, 'none', false, /expected "none" holds no number/],
    [{ type: 'number', value: -3 }, 'it is -3', undefined, true, /./],
    [{ type: 'json-equal' }, '{"a":[1,{"b":2}]}', { a: [1, { b: 2 }] }, true, /equals/],
    [{ type: 'json-equal' }, { a: [1, { b: 3 }] }, { a: [1, { b: 2 }] }, false, /a\[1\]\.b is 3/],
    [{ type: 'json-equal' }, { a: 1 }, { a: 1, b: 2 }, false, /b is missing/],
    [{ type: 'json-equal' }, { a: 1, b: 2 }, { a: 1 }, false, /b was not expected/],
    [{ type: 'json-equal' }, [1], [1, 2], false, /1 items, expected 2/],
    [{ type: 'json-equal' }, [], {}, false, /The output is \[\], expected \{\}/],
    [{ type: 'json-schema', schema }, { n: 1 }, undefined, true, /fits the schema/],
    [{ type: 'json-schema', schema }, '{"n":"x"}', undefined, false, /n must be integer/],
    [{ type: 'json-schema', schema }, 'no json', undefined, false, /must be object/],
    [{ type: 'similarity' }, 'kitten', 'sitting', true, /0\.57: 3 of 7/],
    [{ type: 'similarity', threshold: 0.6 }, 'kitten', 'sitting', false, /./],
    [{ type: 'similarity' }, '', '', true, /1\.00/],
  ])('%j of %j against %j', async (...[spec, output, expected, passed, reason]) => {
    expect(await score(spec, { output, expected })).toMatchObject({
      passed,
      reason: expect.stringMatching(reason) as string,
    });
  });

  test('schemas of 2020-12 have tuples', async () => {
    const schema = {
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      prefixItems: [{ type: 'string' }],
    };
    const spec = { type: 'json-schema', schema };
    expect(await score(spec, { output: ['x'] })).toMatchObject({ passed: true });
    expect(await score(spec, { output: [1] })).toMatchObject({ passed: false });
  });
});

describe('of traces', () => {
  const tool = (toolName: string, input: Json): Observation => ({
    ...{ traceId: 't', spanId: toolName, kind: 'tool', name: toolName, toolName, input },
    ...{ startTime: 0, endTime: 1, status: 'ok', level: 'info', events: [], links: [] },
    ...{ dialect: {}, attributes: { 'http.status_code': 504, 'code.file.path': 'a.py' } },
  });
  const observations = [
    tool('lookup', { id: 'A-1' }),
    tool('lookup', '{"id":"A-2","deep":{"x":1,"y":2}}'),
    tool('refund', { id: 'A-1', amount: 5 }),
  ];
  const lookup = { tool: 'lookup' };
  const refund = { tool: 'refund' };

  test.each<[string, readonly object[], boolean, RegExp]>([
    ['exact', [lookup, lookup, refund], true, /exactly lookup, lookup, refund/],
    ['exact', [lookup, refund], false, /Call 2 is lookup/],
    ['exact', [lookup, lookup, refund, refund], false, /Call 4, refund, was not made/],
    ['exact', [lookup, lookup], false, /one too many/],
    ['ordered', [lookup, refund], true, /in order/],
    ['ordered', [refund, lookup], false, /lookup was not called after refund/],
    ['any', [refund, lookup], true, /hold all/],
    ['any', [refund, refund], false, /refund was not called/],
    ['any', [lookup, { tool: 'lookup', args: { id: 'A-1' } }], true, /hold all/],
    ['any', [{ tool: 'lookup', args: { deep: { y: 2 } } }], true, /./],
    ['any', [{ tool: 'lookup', args: { id: 'A-3' } }], false, /lookup\(\{"id":"A-3"\}\)/],
    ['forbid', [{ tool: 'delete' }], true, /None of delete/],
    ['forbid', [{ tool: 'refund', args: { amount: 5 } }], false, /must not be/],
    ['forbid', [{ tool: 'refund', args: { amount: 6 } }], true, /./],
  ])('trajectory %s %j', async (...[mode, expect_, passed, reason]) => {
    const spec = { type: 'trajectory', mode, expect: expect_ };
    expect(await score(spec, { output: 'x', outcome: { observations } })).toMatchObject({
      ...{ passed, reason: expect.stringMatching(reason) as string },
    });
  });

  test.each<[string, boolean]>([
    ['count(kind:tool name:refund) = 1', true],
    ['count(span(kind:tool name:lookup)) = 2', true],
    ['count(kind:tool) >= 3', true],
    ['count(kind:tool) < 3', false],
    ['count(tool:delete) = 0', true],
    ['count() = 3', true],
    ['count(kind:tool) != 3', false],
    ['count((kind:generation or tool:refund)) = 1', true],
    ['kind:tool tool:look*', true],
    ['kind:generation', false],
    ['attr.http.status_code=504', true],
    ['attr.http.status_code>504', false],
    ['attr.code.file.path:*.py', true],
    ['count("A-2") = 1', true],
    ['-"A-2" tool:lookup', true],
  ])('assert %s', async (expr, passed) => {
    const judged = await score(
      { type: 'assert', expr },
      { output: 'x', outcome: { observations } },
    );
    expect(judged).toMatchObject({ passed, reason: expect.stringContaining('3 obser') as string });
  });

  test.each<[object, Partial<Outcome>, boolean, RegExp]>([
    [{ type: 'latency', maxMs: 1200 }, {}, true, /1\.20? s/],
    [{ type: 'latency', maxMs: 1000 }, {}, false, /more than 1(\.00)? s/],
    [{ type: 'cost', max: 0.01 }, { cost: 0.002 }, true, /\$0\.0020?/],
    [{ type: 'cost', max: 0.001 }, { cost: 0.002 }, false, /more than/],
    [{ type: 'cost', max: 1 }, {}, false, /not known/],
    [{ type: 'tokens', max: 10 }, { tokens: 10 }, true, /10 tokens/],
    [{ type: 'tokens', max: 9 }, { tokens: 10 }, false, /more than 9/],
    [{ type: 'tokens', max: 9 }, {}, false, /not known/],
    [{ type: 'no-error' }, { traceId: 'a', errorCount: 0 }, true, /Nothing failed/],
    [{ type: 'no-error' }, { errorCount: 2, firstError: '504' }, false, /2 .* failed, first: 504/],
  ])('%j of %j', async (...[spec, outcome, passed, reason]) => {
    expect(await score(spec, { output: 'x', outcome })).toMatchObject({
      ...{ passed, reason: expect.stringMatching(reason) as string },
    });
  });
});

describe('with callers', () => {
  const judgeSpec = { type: 'judge', preset: 'correctness', model: 'openai/gpt-5-mini' };
  const answering = (...answers: string[]): Partial<Callers> => ({
    ask: async () => answers.shift() ?? '',
  });

  test.each<[object, readonly string[], number, RegExp]>([
    [judgeSpec, ['{"reasoning":"Good.","mark":5}'], 1, /5 of 5: Good\./],
    [judgeSpec, ['```json\n{"reasoning":"","mark":2}\n```'], 0.25, /2 of 5: no reason/],
    [{ ...judgeSpec, scale: 3 }, ['{"mark":2,"reasoning":"so"}'], 0.5, /2 of 3/],
    [judgeSpec, ['I like it', '{"mark":4,"reasoning":"b"}'], 0.75, /4 of 5/],
    [judgeSpec, ['I like it', 'really'], 0, /no judgement: "really"/],
    [judgeSpec, ['{"mark":9,"reasoning":"b"}'], 0, /no judgement/],
    [{ ...judgeSpec, pairwise: true }, ['{"winner":"A"}', '{"winner":"B"}'], 1, /better than/],
    [{ ...judgeSpec, pairwise: true }, ['{"winner":"A"}', '{"winner":"A"}'], 0.5, /as good as/],
    [{ ...judgeSpec, pairwise: true }, ['{"winner":"B"}', '{"winner":"A"}'], 0, /worse than/],
    [{ ...judgeSpec, pairwise: true }, ['{"winner":"C"}', '{"winner":"A"}'], 0, /no judgement/],
  ])('%j, the judge answers %j', async (...[spec, answers, value, reason]) => {
    const callers = answering(...answers);
    expect(await score(spec, { output: 'x', expected: 'y', callers })).toMatchObject({
      ...{ score: value, reason: expect.stringMatching(reason) as string },
    });
  });

  test('a judge sees question, reference and answer, and a rubric instead of a preset', async () => {
    let asked = '';
    const ask: Callers['ask'] = async (model, { system, user }) => {
      asked = [model, system, user].join('\n');
      return '{"mark":1,"reasoning":"r"}';
    };
    const spec = { type: 'judge', rubric: 'Speaks like a pirate.', model: 'openai/m' };
    await score(spec, { input: 'QQ', output: 'OO', expected: 'EE', callers: { ask } });
    for (const part of ['openai/m', 'Speaks like a pirate', '>\nQQ\n<', '>\nOO\n<', '>\nEE\n<']) {
      expect(asked).toContain(part);
    }
  });

  test('embeddings', async () => {
    const spec = { type: 'similarity', method: 'embedding', model: 'openai/e' };
    const embed: Callers['embed'] = async () => [
      [1, 0],
      [0.6, 0.8],
    ];
    const judged = await score(spec, { output: 'a', expected: 'b', callers: { embed } });
    expect(judged).toMatchObject({ score: 0.6, passed: true });
  });

  test.each<[Json, boolean, RegExp]>([
    [true, true, /gave true/],
    [0.4, false, /gave 0\.4/],
    [{ score: 0.9, reason: 'close' }, true, /^close$/],
    [{ score: false }, false, /gave false/],
    ['yes', false, /no verdict/],
    [7, false, /not between 0 and 1/],
    [null, false, /no verdict/],
  ])('the user’s own code gives %j', async (result, passed, reason) => {
    const spec = { type: 'code', file: 'judge.py', function: 'check' };
    const callers = { call: async () => result };
    expect(await score(spec, { output: 'x', callers })).toMatchObject({
      ...{ passed, reason: expect.stringMatching(reason) as string },
    });
  });

  test('an evaluator that fails says so', async () => {
    const spec = { type: 'code', file: 'judge.py', function: 'check' };
    expect(await score(spec, { output: 'x' })).toMatchObject({
      ...{ passed: false, reason: 'The evaluator failed: not asked for' },
    });
  });
});

test('without an output nothing passes, and every score says why', async () => {
  const outcome = { error: 'It took longer than 5 s.', durationMs: 1 };
  const result = await evaluate(
    { ...outcome },
    { of: { id: 'c', input: 1, tags: [] }, evaluators: [], callers: noCallers },
  );
  expect(result.passed).toBe(false);
  expect(await score({ type: 'latency', maxMs: 9 }, { outcome })).toMatchObject({
    ...{ passed: false, reason: 'There is no output. It took longer than 5 s.' },
  });
});
