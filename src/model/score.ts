import type { Score } from './observation';

/** A judgement that a person gives by hand, of a trace or of one observation; a note has no value. */
export interface GivenScore {
  readonly name: string;
  /** Absent: the trace as a whole. */
  readonly spanId?: string;
  readonly value?: number;
  readonly label?: string;
  readonly comment?: string;
}

/** What tells one score from another: giving it again replaces it. */
export type ScoreKey = Pick<GivenScore, 'name' | 'spanId'>;

export interface StoredScore extends GivenScore {
  /** Microseconds since 1970 at which it was given. */
  readonly time: number;
}

export const scoreNameLimit = 200;
export const commentLimit = 10_000;

/** What is wrong with a score, as a sentence for who gives it. */
export function scoreProblem(score: GivenScore): string | undefined {
  const { name, spanId, value, label, comment } = score as {
    readonly [K in keyof GivenScore]: unknown;
  };
  if (typeof name !== 'string' || name.trim() === '') return 'A score needs a name.';
  if (name.length > scoreNameLimit) return 'The name of a score is at most 200 characters long.';
  if (spanId !== undefined && (typeof spanId !== 'string' || !/^[0-9a-f]{16}$/.test(spanId))) {
    return 'Not the id of an observation.';
  }
  if (value !== undefined && !Number.isFinite(value)) return 'The value of a score is a number.';
  for (const text of [label, comment]) {
    if (text !== undefined && typeof text !== 'string')
      return 'A score holds text and numbers only.';
    if (text?.includes('\0') || name.includes('\0')) return 'A score holds no zero characters.';
    if (text !== undefined && text.length > commentLimit) {
      return 'A comment is at most 10,000 characters long.';
    }
  }
  const empty = value === undefined && !label && !comment;
  return empty ? 'A score needs a value, a category or a comment.' : undefined;
}

/** As it is shown with the scores that came with the spans. */
export function shownScore({ name, value, label, comment }: GivenScore): Score {
  return {
    name,
    ...(value !== undefined && { value }),
    ...(label !== undefined && { label }),
    ...(comment !== undefined && { comment }),
    source: 'human',
  };
}
