import { Ajv } from 'ajv';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseExperiment } from '../../src/experiments/experimentFile';
import schema from '../../src/experiments/experiment.schema.json';

const least = { dataset: 'support', target: { agent: 'support-fn' }, evaluators: [] };
const read = (value: unknown) => parseExperiment('e', JSON.stringify(value));
const withEvaluator = (spec: unknown) => read({ ...least, evaluators: [spec] });

test('defaults are filled in', () => {
  const evaluators = [{ type: 'exact' }, { type: 'exact', weight: 2 }, { type: 'no-error' }];
  expect(read({ $schema: 'x', version: 1, ...least, evaluators })).toEqual({
    experiment: {
      ...{ name: 'e', dataset: 'support', target: { agent: 'support-fn' } },
      ...{ repeat: 1, concurrency: 4, timeoutMs: 120_000 },
      ...{ budget: undefined, seed: undefined, gate: undefined },
      evaluators: [
        { type: 'exact', name: 'exact', weight: 1, threshold: 0.5 },
        { type: 'exact', name: 'exact 2', weight: 2, threshold: 0.5 },
        { type: 'no-error', name: 'no-error', weight: 1, threshold: 0.5 },
      ],
    },
    problems: [],
  });
});

test('a prompt is a target', () => {
  const target = { prompt: 'triage@production', model: 'openai/gpt-5-mini' };
  expect(read({ ...least, target }).experiment?.target).toEqual(target);
});

test.each<[unknown, string]>([
  [[], 'must be object.'],
  [{}, "'dataset' is missing."],
  [{ ...least, version: 2 }, 'version: must be equal to constant.'],
  [{ ...least, repeats: 3 }, "there is no 'repeats' here."],
  [{ ...least, repeat: 0 }, 'repeat: must be >= 1.'],
  [{ ...least, target: {} }, "target: 'agent' is missing."],
  [{ ...least, target: { prompt: 'p' } }, "target: 'model' is missing."],
  [
    { ...least, target: { prompt: 'p', model: 'm' } },
    'target.model: must match pattern "^[^/]+/.+$".',
  ],
  [{ ...least, gate: { passrate: 1 } }, "gate: there is no 'passrate' here."],
  [{ ...least, gate: { noBroken: 'no' } }, 'gate.noBroken: must be one of true, false, "strict".'],
])('%j: %s', (value, problem) => {
  const { experiment, problems } = read(value);
  expect(experiment).toBeUndefined();
  expect(problems).toContain(problem);
});

test.each<[unknown, RegExp]>([
  [{}, /evaluators\[0\]: 'type' is missing\./],
  [{ type: 'exacd' }, /evaluators\[0\]\.type: must be one of "contains", "exact"/],
  [{ type: 'regex' }, /'pattern' is missing/],
  [{ type: 'regex', pattern: '(' }, /evaluators\[0\]: .*regular expression/i],
  [{ type: 'contains', values: [] }, /there is no 'values' here/],
  [{ type: 'latency', max: 1 }, /'maxMs' is missing/],
  [{ type: 'cost' }, /'max' is missing/],
  [{ type: 'json-schema', schema: { type: 'strin' } }, /evaluators\[0\]: schema is invalid/],
  [{ type: 'similarity', method: 'embedding' }, /'model' is missing/],
  [{ type: 'trajectory', expect: [{}] }, /evaluators\[0\]\.expect\[0\]: 'tool' is missing/],
  [{ type: 'assert', expr: 'count(kind:tol) = 1' }, /tool.* \(character \d+ of/],
  [{ type: 'assert', expr: 'count(kind:tool)' }, /needs a comparison/],
  [{ type: 'assert', expr: '' }, /condition is missing/],
  [{ type: 'judge' }, /'model' is missing/],
  [{ type: 'code', file: 'a.rb', function: 'f' }, /file: must match pattern/],
  [{ type: 'exact', threshold: 2 }, /threshold: must be <= 1/],
])('the evaluator %j: %s', (spec, problem) => {
  const { problems } = withEvaluator(spec);
  expect(problems.some((one) => problem.test(one))).toBe(true);
});

test('problems are few: no more than what is wrong', () => {
  expect(withEvaluator({ type: 'latency' }).problems).toEqual([
    "evaluators[0]: 'maxMs' is missing.",
  ]);
});

test('what is no JSON is said', () => {
  expect(parseExperiment('e', '{').problems).toEqual([expect.stringMatching(/not JSON/)]);
});

test('never throws', () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      const { experiment, problems } = parseExperiment('e', text);
      expect(experiment === undefined).toBe(problems.length > 0);
    }),
  );
});

test('the schema is one', () => {
  expect(new Ajv({ strict: false }).validateSchema(schema)).toBe(true);
});
