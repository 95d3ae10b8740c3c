import { expect, test } from 'vitest';
import { nearest } from '../../src/model/nearest';

const words = ['status', 'session', 'since', 'kind', 'name'];

test.each([
  ['statsu', 'status'],
  ['stauts', 'status'],
  ['sesion', 'session'],
  ['Kind', 'kind'],
  ['knd', 'kind'],
  ['nmae', 'name'],
  ['x', undefined],
  ['whatever', undefined],
  ['', undefined],
])('%s is meant as %s', (typed, meant) => {
  expect(nearest(typed, words)).toBe(meant);
});
