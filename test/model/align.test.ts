import fc from 'fast-check';
import { expect, test } from 'vitest';
import { align } from '../../src/model/align';

const letters = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 12 });
const items = (keys: readonly string[]) => keys.map((key, at) => ({ key, at }));
const laid = (left: readonly string[], right: readonly string[]) =>
  align(items(left), items(right), ({ key }) => key);

test.each([
  ['', '', ''],
  ['ab', '', 'a- b-'],
  ['', 'ab', '-a -b'],
  ['abc', 'abc', 'aa bb cc'],
  ['abc', 'adc', 'aa b- -d cc'],
  ['ac', 'abbc', 'aa -b -b cc'],
  ['abcb', 'cb', 'a- b- cc bb'],
])('%j beside %j', (left, right, expected) => {
  const pairs = laid([...left], [...right]);
  const text = pairs.map((pair) => (pair.left?.key ?? '-') + (pair.right?.key ?? '-')).join(' ');
  expect(text).toBe(expected);
});

test('every item stands once, in order, and beside its equal only', () => {
  fc.assert(
    fc.property(letters, letters, (left, right) => {
      const pairs = laid(left, right);
      expect(pairs.flatMap((pair) => pair.left ?? [])).toEqual(items(left));
      expect(pairs.flatMap((pair) => pair.right ?? [])).toEqual(items(right));
      for (const pair of pairs) {
        if (pair.left && pair.right) expect(pair.left.key).toBe(pair.right.key);
      }
    }),
  );
});

test('there are as many pairs as there can be', () => {
  const longest = (left: readonly string[], right: readonly string[]): number => {
    const [l, ...lefts] = left;
    const [r, ...rights] = right;
    if (l === undefined || r === undefined) return 0;
    if (l === r) return 1 + longest(lefts, rights);
    return Math.max(longest(lefts, right), longest(left, rights));
  };
  const short = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 7 });
  fc.assert(
    fc.property(short, short, (left, right) => {
      const paired = laid(left, right).filter((pair) => pair.left && pair.right).length;
      expect(paired).toBe(longest(left, right));
    }),
  );
});

test('long lists are laid side by side too', () => {
  const left = Array.from({ length: 5000 }, (_, i) => `k${String(i % 7)}${String(i)}`);
  const right = ['new', ...left.filter((_, i) => i % 10 !== 3), 'last'];
  const pairs = laid(['old', ...left], right);
  expect(pairs.filter((pair) => pair.left && pair.right)).toHaveLength(4500);
});
