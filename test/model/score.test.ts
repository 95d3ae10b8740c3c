import { expect, test } from 'vitest';
import { scoreProblem, shownScore, type GivenScore } from '../../src/model/score';

test.each<[score: unknown, problem: RegExp | undefined]>([
  [{ name: 'thumbs', value: 0 }, undefined],
  [{ name: 'tone', label: 'kind', spanId: '00000000000000aa' }, undefined],
  [{ name: 'note', comment: 'x'.repeat(10_000) }, undefined],
  [{ name: '', value: 1 }, /needs a name/],
  [{ name: 7, value: 1 }, /needs a name/],
  [{ name: 'n'.repeat(201), value: 1 }, /200/],
  [{ name: 'x' }, /needs a value/],
  [{ name: 'x', label: '', comment: '' }, /needs a value/],
  [{ name: 'x', value: NaN }, /a number/],
  [{ name: 'x', value: '1' }, /a number/],
  [{ name: 'x', label: 5 }, /text and numbers/],
  [{ name: 'x', comment: 'y'.repeat(10_001) }, /10,000/],
  [{ name: 'x', comment: 'a\0b' }, /zero/],
  [{ name: 'x', value: 1, spanId: '../etc' }, /id of an observation/],
])('%j', (score, problem) => {
  const found = scoreProblem(score as GivenScore);
  if (problem) expect(found).toMatch(problem);
  else expect(found).toBeUndefined();
});

test('a score by hand is shown as one', () => {
  const given = { name: 'tone', spanId: '00000000000000aa', label: 'kind', time: 5 };
  expect(shownScore(given)).toEqual({ name: 'tone', label: 'kind', source: 'human' });
});
