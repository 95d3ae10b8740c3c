import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { phraseFinder, phraseOf, spacedText, wordsOf } from '../../src/model/words';

describe('words', () => {
  test.each([
    ['Where is my order A-1043?', ['where', 'is', 'my', 'order', 'a', '1043']],
    ['track_parcel(id)', ['track', 'parcel', 'id']],
    ['Ça coûte 4,20 €', ['ça', 'coûte', '4', '20']],
    ['東京で会う', ['東', '京', 'で', '会', 'う']],
    ['GPTの答え v2', ['gpt', 'の', '答', 'え', 'v2']],
    ['हिन्दी में', ['हिन्दी', 'में']],
    ['מה שלומך', ['מה', 'שלומך']],
    ['👍 ok', ['ok']],
    ['—…!?', []],
  ])('%j', (text, words) => {
    expect(wordsOf(text)).toEqual(words);
  });
});

describe('phrases', () => {
  test.each<[phrase: string, text: string, found: string | undefined]>([
    ['order', 'My Order, please', 'Order'],
    ['order', 'My orders', undefined],
    ['order*', 'My orders', 'order'],
    ['order', 'reorder', undefined],
    ['my order', 'my\n- order', 'my\n- order'],
    ['my order', 'my new order', undefined],
    ['my order', 'myorder', undefined],
    ['A-1043', 'order "a-1043"', 'a-1043'],
    ['1043', 'A1043', undefined],
    ['京', '東京で', '京'],
    ['東京', '東京で', '東京'],
    ['東で', '東京で', undefined],
    ['gpt の', 'ChatGPT GPTの', 'GPTの'],
    ['…', 'what…', undefined],
    ['*', 'what', undefined],
    ['a.b', 'a+b', 'a+b'],
  ])('%j in %j', (phrase, text, found) => {
    const place = phraseFinder(phraseOf(phrase))(text);
    expect(place && text.slice(place.start, place.end)).toBe(found);
  });

  const texts = fc.string({
    unit: fc.constantFrom('a', 'B', 'é', '9', ' ', '-', '_', '京', 'の', 'ก', 'İ', '\u0301', '𝒳'),
    maxLength: 12,
  });

  test('a phrase is found where, and only where, its words stand in a row', () => {
    fc.assert(
      fc.property(texts, texts, (wanted, text) => {
        fc.pre(!/İ/.test(wanted + text));
        const words = wordsOf(wanted);
        const all = wordsOf(text);
        const inARow = all.some((_, at) => words.every((word, i) => all[at + i] === word));
        const found = phraseFinder({ words, open: false })(text);
        expect(found !== undefined).toBe(words.length > 0 && inARow);
      }),
      { numRuns: 2000 },
    );
  });

  test('spacing a text changes no word', () => {
    fc.assert(
      fc.property(texts, (text) => {
        expect(wordsOf(spacedText(text))).toEqual(wordsOf(text));
      }),
    );
  });
});
