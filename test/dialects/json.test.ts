import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeJson, parseJson, toJson } from '../../src/dialects/json';
import type { Value } from '../../src/model/value';

describe('text that holds JSON is decoded', () => {
  test.each<[string, Value, unknown]>([
    ['an object', '{"a":1}', { a: 1 }],
    ['a list behind spaces', '  [1]', [1]],
    ['twice', JSON.stringify('{"a":1}'), { a: 1 }],
    ['three times', JSON.stringify(JSON.stringify('[1]')), [1]],
    ['but not endlessly', JSON.stringify(JSON.stringify(JSON.stringify('[1]'))), '[1]'],
    ['a text in quotes', '"hi"', 'hi'],
    ['a number is text', '42', '42'],
    ['true is text', 'true', 'true'],
    ['null is text', 'null', 'null'],
    ['words are text', 'hello {"a":1}', 'hello {"a":1}'],
    ['a quotation is text', '"Yes", she said', '"Yes", she said'],
    ['brackets in words are text', '[see below] for more', '[see below] for more'],
    ['Python is text', "{'a': None}", "{'a': None}"],
    ['bytes that are JSON', new TextEncoder().encode('{"a":1}'), { a: 1 }],
    ['a value is a value', { a: [1, null] }, { a: [1, null] }],
    ['a number that JSON lacks', NaN, 'NaN'],
  ])('%s', (_, value, expected) => {
    expect(decodeJson(value)).toEqual(expected);
  });
});

describe('cut JSON keeps what is whole', () => {
  test.each([
    ['[{"role":"user","content":"hel', [{ role: 'user', content: 'hel' }]],
    ['{"a":1,"b":[1,2', { a: 1, b: [1, 2] }],
    ['{"a":1,"b":', { a: 1, b: null }],
    ['{"a":1,', { a: 1 }],
    ['{"a":1,"b', { a: 1, b: null }],
    ['{"a":"x\\', { a: 'x' }],
    ['{"a":"x\\u00', { a: 'x' }],
    ['[{"a":tru', [{}]],
    ['{"a":"b"}, tail', undefined],
    ['{"text":"long...[truncated, original 90000 chars]', { text: 'long' }],
    ['{"text":"long... [truncated]', { text: 'long' }],
  ])('%s', (text, expected) => {
    expect(parseJson(text)).toEqual(expected);
  });

  test('wherever it is cut, it is an object or text', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.nat(), (object, n) => {
        const text = JSON.stringify(object);
        const cut = text.slice(0, 1 + (n % text.length));
        expect(['object', 'undefined']).toContain(typeof parseJson(cut));
      }),
    );
  });
});

test('what nests beyond reason is cut', () => {
  const deep = '['.repeat(20_000) + ']'.repeat(20_000);
  expect(JSON.stringify(decodeJson(deep)).length).toBeLessThan(200);
  let value: Value = 1;
  for (let i = 0; i < 200; i++) value = { value };
  expect(JSON.stringify(toJson(value)).length).toBeLessThan(1000);
});
