import { describe, expect, test } from 'vitest';
import {
  asBoolean,
  asJson,
  asNumber,
  asRecord,
  asText,
  asTexts,
  compact,
  recordAt,
  textAt,
} from '../../src/dialects/reader';
import { attributesOf } from '../../src/model/span';
import type { Value } from '../../src/model/value';

test.each(['', 'null', 'None', 'undefined', '<not specified>', 'N/A'])('%j is no text', (text) => {
  expect(asText(text)).toBeUndefined();
  expect(textAt(attributesOf({ first: text, second: 'x' }), 'first', 'second')).toBe('x');
});

describe('numbers', () => {
  test.each<[Value, number | undefined]>([
    [7, 7],
    ['7', 7],
    ['0.7', 0.7],
    ['', undefined],
    ['many', undefined],
    [NaN, undefined],
    ['Infinity', undefined],
    [true, undefined],
    [null, undefined],
    [[1], undefined],
  ])('%j', (value, expected) => expect(asNumber(value)).toBe(expected));
});

describe('booleans', () => {
  test.each<[Value, boolean | undefined]>([
    [true, true],
    ['True', true],
    ['false', false],
    [1, undefined],
    ['yes', undefined],
  ])('%j', (value, expected) => expect(asBoolean(value)).toBe(expected));
});

describe('lists of texts', () => {
  test.each<[Value, readonly string[] | undefined]>([
    [
      ['a', 'b'],
      ['a', 'b'],
    ],
    ['["a","b"]', ['a', 'b']],
    ['a, b', ['a', 'b']],
    ['stop', ['stop']],
    [[], undefined],
    ['[]', undefined],
    ['null', undefined],
    [[null, 'a', { b: 1 }], ['a']],
    [{ a: 1 }, undefined],
  ])('%j', (value, expected) => expect(asTexts(value)).toEqual(expected));
});

describe('JSON that says something', () => {
  test.each<[Value, unknown]>([
    ['null', undefined],
    ['"null"', undefined],
    [null, undefined],
    ['{}', {}],
    [0, 0],
    [false, false],
    ['hi', 'hi'],
  ])('%j', (value, expected) => expect(asJson(value)).toEqual(expected));

  test('an empty object is no record', () => expect(asRecord('{}')).toBeUndefined());
});

test('a prefix gathers a record', () => {
  const attributes = attributesOf({ 'a.x': 1, 'a.y': '{"z":2}', 'a.': 3, 'a.n': 'null', b: 4 });
  expect({ ...recordAt(attributes, 'a.') }).toEqual({ x: 1, y: { z: 2 } });
  expect(recordAt(attributes, 'c.')).toBeUndefined();
});

test('nothing but undefined is nothing', () => {
  expect(compact({ a: undefined })).toBeUndefined();
  expect(compact({ a: undefined, b: 0 })).toEqual({ b: 0 });
});
