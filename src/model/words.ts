/**
 * Words as full-text search sees them: runs of letters, digits and their marks, whatever their
 * case. Scripts that put no space between words count by the character.
 */

const scripts = ['Han', 'Hiragana', 'Katakana', 'Thai', 'Lao', 'Khmer', 'Myanmar'];
const unspaced = scripts.map((script) => `\\p{Script=${script}}`).join('');
const letters = '\\p{L}\\p{N}\\p{M}';
const wordPattern = new RegExp(`[${unspaced}]|(?:(?![${unspaced}])[${letters}])+`, 'gu');
const unspacedLetter = new RegExp(`[${unspaced}]`, 'u');
const unspacedLetters = new RegExp(`[${unspaced}]`, 'gu');

/** Words that stand one behind the other; only punctuation and spaces lie between them. */
export interface Phrase {
  readonly words: readonly string[];
  /** Whether the last word may be the beginning of a longer one. */
  readonly open: boolean;
}

export function wordsOf(text: string): readonly string[] {
  return text.toLowerCase().match(wordPattern) ?? [];
}

/** Reads what a person asks for; a `*` at the end asks for words that begin like the last one. */
export function phraseOf(text: string): Phrase {
  const words = wordsOf(text);
  return { words, open: words.length > 0 && text.trimEnd().endsWith('*') };
}

/** The text for an index that begins a word only behind what is no letter. */
export function spacedText(text: string): string {
  return unspacedLetter.test(text) ? text.replace(unspacedLetters, ' $& ') : text;
}

/** Where in a text a phrase stands first; a phrase without words stands nowhere. */
export function phraseFinder(
  phrase: Phrase,
): (text: string) => { readonly start: number; readonly end: number } | undefined {
  if (phrase.words.length === 0) return () => undefined;
  const pattern = new RegExp(patternOf(phrase), 'iu');
  return (text) => {
    const found = pattern.exec(text);
    return found ? { start: found.index, end: found.index + found[0].length } : undefined;
  };
}

/** A word has nothing in it that a pattern would not read as it stands. */
function patternOf({ words, open }: Phrase): string {
  const spaced = (word: string | undefined) => word !== undefined && !unspacedLetter.test(word);
  const last = words.at(-1);
  return [
    spaced(words[0]) ? `(?<!(?![${unspaced}])[${letters}])` : '',
    ...words.flatMap((word, i) => {
      const next = words[i + 1];
      if (next === undefined) return [word];
      return [word, `[^${letters}]${spaced(word) && spaced(next) ? '+' : '*'}`];
    }),
    spaced(last) && !open ? `(?!(?![${unspaced}])[${letters}])` : '',
  ].join('');
}
