import type { EvaluatorOf } from '../experiment';
import { nothingExpected, textOf, type Judgement, type Subject } from './judgement';

const longest = 4000;

/** Vectors for texts, one each; `model` is `endpoint/model`. */
export type Embed = (
  model: string,
  texts: readonly string[],
) => Promise<readonly (readonly number[])[]>;

/** How much of the longer text need not be typed anew: 1 − edit distance / length. */
export function editSimilarity(spec: EvaluatorOf<'similarity'>, subject: Subject): Judgement {
  const wanted = wantedText(spec, subject);
  if (wanted === undefined) return nothingExpected;
  const output = [...textOf(subject.output)].slice(0, longest);
  const expected = [...wanted].slice(0, longest);
  const length = Math.max(output.length, expected.length);
  const distance = editDistance(output, expected);
  const score = length === 0 ? 1 : 1 - distance / length;
  const changes = `${distance} of ${length} characters differ from the expected text`;
  return { score, reason: `Similarity ${score.toFixed(2)}: ${changes}.` };
}

/** The cosine of the angle between the two texts' embeddings, below 0 as 0. */
export async function embeddingSimilarity(
  spec: EvaluatorOf<'similarity'>,
  subject: Subject,
  embed: Embed,
): Promise<Judgement> {
  const wanted = wantedText(spec, subject);
  if (wanted === undefined) return nothingExpected;
  const [a = [], b = []] = await embed(spec.model ?? '', [textOf(subject.output), wanted]);
  const score = Math.max(0, Math.min(1, cosine(a, b)));
  return { score, reason: `The embeddings' cosine similarity is ${score.toFixed(2)}.` };
}

function wantedText(spec: EvaluatorOf<'similarity'>, subject: Subject): string | undefined {
  if (spec.value !== undefined) return spec.value;
  return subject.case.expected === undefined ? undefined : textOf(subject.case.expected);
}

/** Levenshtein's distance, a row at a time. */
export function editDistance(a: readonly string[], b: readonly string[]): number {
  let row = Uint32Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [i, left] of a.entries()) {
    const next = new Uint32Array(b.length + 1);
    next[0] = i + 1;
    for (let j = 0; j < b.length; j++) {
      const replace = (row[j] ?? 0) + (left === b[j] ? 0 : 1);
      next[j + 1] = Math.min(replace, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1);
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

function cosine(a: readonly number[], b: readonly number[]): number {
  const dot = (x: readonly number[], y: readonly number[]) =>
    x.reduce((sum, value, index) => sum + value * (y[index] ?? 0), 0);
  const size = Math.sqrt(dot(a, a) * dot(b, b));
  return size === 0 ? 0 : dot(a, b) / size;
}
