import type { Filter } from '../model/filter';
import { matchesContent, matchesScores, withoutContent } from '../model/filterContent';
import {
  matchesObservation,
  matchesTrace,
  searchable,
  speaksOfOneObservation,
} from '../model/filterMatch';
import type { ObservationSummary, Score } from '../model/observation';
import type { TraceSummary } from '../model/trace';
import type { ObservationReader } from './observations';

/** Observations whose content is read at a time, more when the first do not decide. */
const firstStep = 2;
const largestStep = 64;

export interface MatchContext {
  readonly trace: TraceSummary;
  readonly rows: readonly ObservationSummary[];
  /** Scores of the trace as a whole. */
  readonly scores: readonly Score[];
  readonly reader: ObservationReader;
  /** Where an index has seen a term; undefined where it cannot say. */
  hint(term: Filter): Hint | undefined;
  /** Microseconds since 1970. */
  readonly now: number;
}

export interface Hint {
  readonly spanIds: readonly string[];
  /** Whether it can be nowhere else. */
  readonly complete: boolean;
}

/** Whether a trace belongs in the list, by what its observations hold: `matchesTrace` with content. */
export async function matchesWithContent(filter: Filter, context: MatchContext): Promise<boolean> {
  if (searchable(filter).length === 0) return matchesTrace(filter, context.trace, context);
  if (speaksOfOneObservation(filter)) return someObservation(filter, context);
  switch (filter.type) {
    case 'and': {
      const together = filter.operands.filter(speaksOfOneObservation);
      const apart = filter.operands.filter((operand) => !speaksOfOneObservation(operand));
      // What needs no content is quick to say no.
      apart.sort((a, b) => searchable(a).length - searchable(b).length);
      for (const operand of apart) {
        if (!(await matchesWithContent(operand, context))) return false;
      }
      return together.length === 0 || someObservation({ type: 'and', operands: together }, context);
    }
    case 'or':
      for (const operand of filter.operands) {
        if (await matchesWithContent(operand, context)) return true;
      }
      return false;
    case 'not':
      return !(await matchesWithContent(filter.operand, context));
    case 'span':
      return someObservation(filter.operand, context);
    case 'text':
      return someObservation(filter, context);
    case 'field':
      return matchesScores(filter, context.scores) || someObservation(filter, context);
  }
}

async function someObservation(filter: Filter, context: MatchContext): Promise<boolean> {
  const { trace, rows, reader, now } = context;
  const wider = withoutContent(filter);
  const fitting = rows.filter((row) => matchesObservation(wider, row, now));
  const candidates = likelyFirst(fitting, context.hint(filter));
  let step = firstStep;
  for (let at = 0; at < candidates.length; at += step, step = Math.min(step * 4, largestStep)) {
    const page = candidates.slice(at, at + step);
    const byId = new Map(page.map((row) => [row.spanId, row]));
    const read = await reader.observations(trace, [...byId.keys()]);
    for (const observation of read) {
      const row = byId.get(observation.spanId);
      if (row && matchesContent(filter, row, { observation, now })) return true;
    }
  }
  return false;
}

function likelyFirst(
  rows: readonly ObservationSummary[],
  hint: Hint | undefined,
): readonly ObservationSummary[] {
  if (!hint) return rows;
  const likely = new Set(hint.spanIds);
  const first = rows.filter(({ spanId }) => likely.has(spanId));
  return hint.complete ? first : [...first, ...rows.filter(({ spanId }) => !likely.has(spanId))];
}
