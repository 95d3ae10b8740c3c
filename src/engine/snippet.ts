import { textsOf } from '../model/content';
import type { Observation } from '../model/observation';

/** A place in a text that was searched for, on one line. */
export interface Snippet {
  readonly spanId: string;
  readonly before: string;
  readonly match: string;
  readonly after: string;
}

/** What is shown around the place, in UTF-16 units. */
const around = 60;

export function snippetOf(
  observation: Observation,
  find: (text: string) => { readonly start: number; readonly end: number } | undefined,
): Snippet | undefined {
  for (const text of textsOf(observation)) {
    const place = find(text);
    if (!place) continue;
    const { start, end } = place;
    const from = wholeStart(text, Math.max(0, start - around));
    const to = wholeStart(text, Math.min(text.length, end + around));
    return {
      spanId: observation.spanId,
      before: (from > 0 ? '…' : '') + oneLine(text.slice(from, start)),
      match: oneLine(text.slice(start, end)),
      after: oneLine(text.slice(end, to)) + (to < text.length ? '…' : ''),
    };
  }
  return undefined;
}

/** Not between the halves of one character. */
function wholeStart(text: string, at: number): number {
  const unit = text.charCodeAt(at);
  return unit >= 0xdc00 && unit <= 0xdfff ? at - 1 : at;
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ');
}
