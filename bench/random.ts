/** Numbers and words that are the same in every run. */

/** A generator of numbers in [0, 1), by its seed. */
export class Random {
  private state: number;

  constructor(seed: number) {
    this.state = (seed ^ 0x9e3779b9) >>> 0;
  }

  /** Mulberry32: short, fast and even enough for what is not cryptography. */
  next(): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), this.state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  }

  /** A whole number from `least` to `most`, both included. */
  between(least: number, most: number): number {
    return least + Math.floor(this.next() * (most - least + 1));
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  oneOf<T>(items: readonly [T, ...T[]]): T {
    return items[Math.floor(this.next() * items.length)] ?? items[0];
  }

  hex(bytes: number): string {
    let text = '';
    for (let i = 0; i < bytes; i++) text += this.between(0, 255).toString(16).padStart(2, '0');
    return text;
  }
}

const vocabularySize = 4000;
const syllables =
  'ba be bo ca co da de do fa fe ga go ka ke la le lo ma me mo na ne no pa pe ra re ri ro sa se si so ta te ti to va ve vi'.split(
    ' ',
  );

/** Words of which few are frequent and many are rare, as in any language (Zipf). */
export class Prose {
  private readonly words: readonly string[];

  constructor(private readonly random: Random) {
    const made = new Random(1);
    this.words = Array.from({ length: vocabularySize }, () =>
      Array.from({ length: made.between(1, 4) }, () => syllables[made.between(0, 38)]).join(''),
    );
  }

  word(): string {
    const rank = Math.floor(Math.exp(this.random.next() * Math.log(vocabularySize)));
    return this.words[rank] ?? 'a';
  }

  /** Text of about this many characters. */
  text(length: number): string {
    let text = this.word();
    while (text.length < length) text += (this.random.chance(0.08) ? '. ' : ' ') + this.word();
    return text;
  }
}
