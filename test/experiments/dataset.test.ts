import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalJson } from '../../src/experiments/canonical';
import {
  appendCase,
  formatCase,
  hashCase,
  hashDataset,
  parseDataset,
} from '../../src/experiments/dataset';
import type { Json } from '../../src/model/value';

describe('reading', () => {
  test('a case with everything, and one with an input alone', () => {
    const { cases, problems } = parseDataset(
      '{"id":"a","input":{"q":1},"expected":"x","metadata":{"k":1},"tags":["t"],"source":{"traceId":"ab","spanId":"cd"}}\n\n{"input":"hello"}\n',
    );
    expect(problems).toEqual([]);
    expect(cases[0]).toEqual({
      ...{ id: 'a', input: { q: 1 }, expected: 'x', metadata: { k: 1 }, tags: ['t'], line: 1 },
      source: { traceId: 'ab', spanId: 'cd' },
    });
    expect(cases[1]).toMatchObject({ input: 'hello', tags: [], line: 3 });
    expect(cases[1]?.id).toMatch(/^[0-9a-f]{16}$/);
  });

  test.each([
    ['{"id":"a"', /not JSON/],
    ['[1]', /not a JSON object/],
    ['{"id":"a"}', /no 'input'/],
    ['{"id":7,"input":1}', /'id' is not a text/],
    ['{"input":1,"tags":"x"}', /'tags'/],
    ['{"input":1,"metadata":[]}', /'metadata'/],
    ['{"input":1,"source":{}}', /traceId/],
    ['{"input":1,"source":{"traceId":"a","spanId":1}}', /spanId/],
    ['{"id":"good","input":2}', /already that of line 1/],
  ])('%s is said with its line, and the others are kept', (line, message) => {
    const { cases, problems } = parseDataset(
      `{"id":"good","input":1}\r\n${line}\r\n{"id":"z","input":3}`,
    );
    expect(cases.map(({ id, line: at }) => [id, at])).toEqual([
      ['good', 1],
      ['z', 3],
    ]);
    expect(problems).toEqual([{ line: 2, message: expect.stringMatching(message) as string }]);
  });

  test('null is an input and an expected value', () => {
    expect(parseDataset('{"input":null,"expected":null}').cases[0]).toMatchObject({
      ...{ input: null, expected: null },
    });
  });

  test('never throws', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const { cases, problems } = parseDataset(text);
        const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '');
        expect(cases.length + problems.length).toBeLessThanOrEqual(lines.length);
      }),
    );
  });
});

const json = fc.jsonValue() as fc.Arbitrary<Json>;

test('what is written is read again', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), json, json, (id, input, expected) => {
      const written = { id, input, expected, tags: ['t'] };
      const { cases, problems } = parseDataset(appendCase('{"id":"","input":1}', written));
      expect(problems).toHaveLength(1);
      expect(canonicalJson(cases[0] as unknown as Json)).toBe(
        canonicalJson({ ...written, line: 2 }),
      );
    }),
  );
});

test('a line says only what there is', () => {
  expect(formatCase({ id: 'a', input: 'x', tags: [] })).toBe('{"id":"a","input":"x"}');
});

test.each([
  ['', '{"id":"a","input":1}\n'],
  ['{"id":"b","input":2}', '{"id":"b","input":2}\n{"id":"a","input":1}\n'],
  ['{"id":"b","input":2}\n', '{"id":"b","input":2}\n{"id":"a","input":1}\n'],
])('appending to %j', (text, expected) => {
  expect(appendCase(text, { id: 'a', input: 1, tags: [] })).toBe(expected);
});

test('hashes see content, not the order of keys, cases or what is beside it', () => {
  const one = hashCase({ input: { a: 1, b: [2] }, expected: 'x' });
  expect(hashCase({ input: { b: [2], a: 1 }, expected: 'x' })).toBe(one);
  expect(hashCase({ input: { a: 1, b: [2] } })).not.toBe(one);
  expect(hashCase({ input: { a: 1, b: [2] }, expected: 'y' })).not.toBe(one);
  const [a, b] = parseDataset('{"id":"a","input":1}\n{"id":"b","input":2,"tags":["t"]}').cases;
  expect(hashDataset([a!, b!])).toBe(hashDataset([b!, a!]));
  expect(hashDataset([a!])).not.toBe(hashDataset([a!, b!]));
});
