import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { keyIndexOf } from '../../src/otlp/keyIndex';

/** Keys one behind the other, and their ranges as attributes have them. */
function layOut(keys: readonly string[]): { buffer: Buffer; ranges: number[] } {
  const parts = keys.map((key) => Buffer.from(key));
  const ranges: number[] = [];
  let at = 0;
  for (const part of parts) {
    ranges.push(at, at + part.length, 0, 0);
    at += part.length;
  }
  return { buffer: Buffer.concat(parts), ranges };
}

function indexOf(keys: readonly string[]): ReadonlyMap<string, number> {
  const { buffer, ranges } = layOut(keys);
  return keyIndexOf(buffer, ranges);
}

describe('the index of keys', () => {
  test('is that of the keys at hand, however many others came before', () => {
    const key = fc.oneof(
      fc.constantFrom('', 'a', 'é', '__proto__', 'gen_ai.system', 'x'.repeat(64), 'x'.repeat(65)),
      fc.string({ unit: 'binary', maxLength: 6 }),
      // Alike in the bytes that are hashed, unlike in others.
      fc.constantFrom('a.m.z', 'b.m.z', 'acm.z', 'a.mcz'),
    );
    fc.assert(
      fc.property(fc.array(fc.array(key, { maxLength: 6 }), { maxLength: 8 }), (lists) => {
        for (const keys of [...lists, ...lists]) {
          expect([...indexOf(keys)]).toEqual([...new Map(keys.map((k, i) => [k, i]))]);
        }
      }),
      { numRuns: 500 },
    );
  });

  test('is shared by those who have the same keys, and by nobody else', () => {
    expect(indexOf(['one', 'two'])).toBe(indexOf(['one', 'two']));
    expect(indexOf(['one', 'two'])).not.toBe(indexOf(['two', 'one']));
    expect(indexOf(['onet', 'wo'])).not.toBe(indexOf(['one', 'two']));
  });

  test('of very long keys is not kept', () => {
    const keys = ['x'.repeat(5000)];
    expect(indexOf(keys)).not.toBe(indexOf(keys));
    expect([...indexOf(keys).keys()]).toEqual(keys);
  });
});
