import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Content } from '../../../src/instrument/node/content';
import { toJsonText } from '../../../src/instrument/node/json';

const circular: Record<string, unknown> = { name: 'loop' };
circular['self'] = circular;
const shared = { a: 1 };
const deep = Array.from({ length: 100 }).reduce<unknown>((inner) => [inner], 'bottom');

describe('any value has a text', () => {
  test.each<[string, unknown, unknown]>([
    ['plain data', { a: [1, 'x', null, true] }, { a: [1, 'x', null, true] }],
    ['a circle', circular, { name: 'loop', self: '[circular]' }],
    ['one object twice', [shared, shared], [{ a: 1 }, { a: 1 }]],
    ['a big integer', { n: 12345678901234567890n }, { n: '12345678901234567890' }],
    ['bytes', new Uint8Array([1, 2, 3]), { type: 'bytes', size: 3, base64: 'AQID' }],
    ['a buffer', Buffer.from('hi'), { type: 'bytes', size: 2, base64: 'aGk=' }],
    ['raw memory', new ArrayBuffer(3), { type: 'bytes', size: 3, base64: 'AAAA' }],
    ['functions', { f: function name() {} }, { f: '[function name]' }],
    ['symbols', [Symbol('s')], ['Symbol(s)']],
    ['numbers that JSON lacks', [NaN, Infinity], ['NaN', 'Infinity']],
    ['undefined fields', { a: undefined, b: 1 }, { b: 1 }],
    ['dates', new Date(0), '1970-01-01T00:00:00.000Z'],
    ['maps', new Map([['k', 1]]), { k: 1 }],
    ['sets', new Set([1, 2]), [1, 2]],
    [
      'errors',
      Object.assign(new TypeError('no'), { code: 7 }),
      { name: 'TypeError', message: 'no', code: 7 },
    ],
  ])('%s', (_name, value, expected) => {
    const { text, cut } = toJsonText(value, 10_000);
    expect(JSON.parse(text)).toEqual(expected);
    expect(cut).toBe(0);
  });

  test('getters and methods that throw spoil only themselves', () => {
    const value = {
      good: 1,
      get bad() {
        throw new Error('hidden');
      },
      worse: {
        toJSON() {
          throw new Error('never');
        },
      },
    };
    expect(JSON.parse(toJsonText(value, 10_000).text)).toEqual({
      good: 1,
      bad: '[unreadable: Error: hidden]',
      worse: '[unreadable: Error: never]',
    });
  });

  test('depth ends somewhere', () => {
    expect(toJsonText(deep, 10_000).text).toContain('[too deep]');
  });

  test('whatever JSON can hold comes back as it was', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(JSON.parse(toJsonText(value, 1_000_000).text)).toEqual(
          JSON.parse(JSON.stringify(value)),
        );
      }),
    );
  });

  test('the text never exceeds its limit by more than a little, and says what it lost', () => {
    const values = fc.oneof(fc.anything(), fc.string({ maxLength: 2_000 }), fc.jsonValue());
    fc.assert(
      fc.property(values, fc.integer({ min: 100, max: 1_000 }), (value, limit) => {
        const whole = toJsonText(value, 1_000_000).text;
        const { text, cut } = toJsonText(value, limit);
        expect(text.length).toBeLessThanOrEqual(limit + 64);
        if (whole.length <= limit) expect({ text, cut }).toEqual({ text: whole, cut: 0 });
        else expect(cut).toBeGreaterThan(0);
      }),
    );
  });

  test('what is long is cut where it is long', () => {
    const { text, cut } = toJsonText({ id: 'abc', body: 'x'.repeat(5_000), n: 1 }, 1_000);
    const value = JSON.parse(text) as { id: string; body: string; n: number };
    expect(value).toMatchObject({ id: 'abc', n: 1 });
    expect(value.body.length + cut).toBe(5_000);
  });
});

describe('the content of a span', () => {
  const limit = 20 * 1024 * 1024;

  test('keeps JSON text as it is and makes text of everything else', () => {
    const { attributes } = new Content()
      .jsonOrText('a', '{"x": 1}')
      .jsonOrText('b', 'words')
      .jsonOrText('c', { y: 2 })
      .json('d', undefined);
    expect(attributes).toEqual({ a: '{"x": 1}', b: '"words"', c: '{"y":2}' });
  });

  test('stays under what one post may hold, saying what was cut where', () => {
    const content = new Content();
    for (const key of ['a', 'b', 'c']) content.text(key, 'x'.repeat(limit + 10));
    const { attributes } = content;
    const sizes = ['a', 'b', 'c'].map((key) => (attributes[key] as string).length);
    expect(sizes.slice(0, 2)).toEqual([limit, limit]);
    expect(sizes.reduce((sum, size) => sum + size)).toBeLessThanOrEqual(46 * 1024 * 1024);
    const cuts = JSON.parse(attributes['glassbox.cut'] as string) as Record<string, number>;
    expect(cuts).toMatchObject({ a: 10, b: 10 });
    expect((cuts['c'] ?? 0) + (sizes[2] ?? 0)).toBe(limit + 10);
  });
});
