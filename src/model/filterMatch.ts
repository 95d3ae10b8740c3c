import { observationFields, type FieldTest, type Filter } from './filter';
import { matchesPattern } from './filterValue';
import type { ObservationSummary, Usage } from './observation';
import type { TraceSummary } from './trace';

/**
 * What a filter means, said once. In a list of traces a trace field speaks of the trace. The
 * observation fields of one and-group, also those in its or-groups, speak together: one and the
 * same observation must meet them all; so must all inside `span(...)`. `-x` is every trace that
 * `x` does not give. What is absent (the cost of an unknown model, the end of what still runs)
 * meets no comparison.
 *
 * What is not in the rows (`searchable` names it) meets nothing; a caller refuses it first.
 */

/** Whether a trace belongs in the list; `now` is in microseconds since 1970. */
export function matchesTrace(
  filter: Filter,
  summary: TraceSummary,
  { rows, now }: { readonly rows: readonly ObservationSummary[]; readonly now: number },
): boolean {
  const matches = (part: Filter): boolean => matchesTrace(part, summary, { rows, now });
  if (speaksOfOneObservation(filter)) {
    return rows.some((row) => matchesObservation(filter, row, now));
  }
  switch (filter.type) {
    case 'and': {
      const together = filter.operands.filter(speaksOfOneObservation);
      const apart = filter.operands.filter((operand) => !speaksOfOneObservation(operand));
      const joined: Filter = { type: 'and', operands: together };
      return apart.every(matches) && (together.length === 0 || matches(joined));
    }
    case 'or':
      return filter.operands.some(matches);
    case 'not':
      return !matches(filter.operand);
    case 'span':
      return rows.some((row) => matchesObservation(filter.operand, row, now));
    case 'text':
      return false;
    case 'field':
      return meets(filter, traceValues(filter, summary, now));
  }
}

/** Whether one observation meets all of a filter; `now` is in microseconds since 1970. */
export function matchesObservation(filter: Filter, row: ObservationSummary, now: number): boolean {
  switch (filter.type) {
    case 'and':
      return filter.operands.every((operand) => matchesObservation(operand, row, now));
    case 'or':
      return filter.operands.some((operand) => matchesObservation(operand, row, now));
    case 'not':
      return !matchesObservation(filter.operand, row, now);
    case 'span':
      return matchesObservation(filter.operand, row, now);
    case 'text':
      return false;
    case 'field':
      return meets(filter, observationValues(filter, row, now));
  }
}

/** A term that rows cannot answer: it needs the content. */
export type SearchTerm = FieldTest | Extract<Filter, { type: 'text' }>;

/** The terms of a filter that rows cannot answer (free text, `attr`, `metadata`, `score`). */
export function searchable(filter: Filter): readonly SearchTerm[] {
  switch (filter.type) {
    case 'and':
    case 'or':
      return filter.operands.flatMap(searchable);
    case 'not':
    case 'span':
      return searchable(filter.operand);
    case 'text':
      return [filter];
    case 'field':
      return ['attr', 'metadata', 'score'].includes(filter.field) ? [filter] : [];
  }
}

/** Observation fields joined by and and or, nothing else. */
export function speaksOfOneObservation(filter: Filter): boolean {
  if (filter.type === 'field') {
    return (observationFields as readonly string[]).includes(filter.field);
  }
  return (
    (filter.type === 'and' || filter.type === 'or') && filter.operands.every(speaksOfOneObservation)
  );
}

type Candidate = string | number | undefined;

function traceValues({ field, value }: FieldTest, trace: TraceSummary, now: number): Candidate[] {
  switch (field) {
    case 'status':
      return [trace.status];
    case 'cost':
      return [trace.cost?.total];
    case 'latency':
      return [durationOf(trace)];
    case 'tokens':
      return [tokensOf(trace.usage)];
    case 'user':
      return [trace.userId];
    case 'session':
      return [trace.sessionId];
    case 'tag':
      return [...trace.tags];
    case 'since':
      return [reached(trace.startTime, now, value)];
    case 'errors':
      return [trace.errorCount];
    case 'starred':
      return [String(trace.starred)];
    case 'service':
      return [trace.serviceName];
    default:
      return [];
  }
}

function observationValues(
  { field, value }: FieldTest,
  row: ObservationSummary,
  now: number,
): Candidate[] {
  switch (field) {
    case 'status':
      return [row.status];
    case 'cost':
      return [row.cost?.total];
    case 'latency':
      return [durationOf(row)];
    case 'tokens':
      return [tokensOf(row.usage)];
    case 'user':
      return [row.userId];
    case 'session':
      return [row.sessionId];
    case 'tag':
      return [...(row.tags ?? [])];
    case 'since':
      return [reached(row.startTime, now, value)];
    case 'errors':
      return [row.status === 'error' ? 1 : 0];
    case 'service':
      return [row.serviceName];
    case 'kind':
      return [row.kind];
    case 'name':
      return [row.name];
    case 'model':
      return [row.model, row.requestedModel];
    case 'agent':
      return [row.agentName];
    case 'tool':
      return [row.toolName];
    default:
      return [];
  }
}

/** The asked value itself where the time lies within it, so that equality decides. */
function reached(time: number, now: number, asked: string | number): Candidate {
  return typeof asked === 'number' && time >= now - asked ? asked : undefined;
}

function durationOf(timed: { startTime: number; endTime?: number }): number | undefined {
  return timed.endTime === undefined ? undefined : timed.endTime - timed.startTime;
}

/** All tokens: what was reported as the sum, else the sum of what was reported. */
export function tokensOf(usage: Usage | undefined): number | undefined {
  if (usage?.total !== undefined) return usage.total;
  if (usage?.input === undefined && usage?.output === undefined) return undefined;
  return (usage.input ?? 0) + (usage.output ?? 0);
}

/** Whether one of the values meets the comparison; absent ones meet none. */
export function meets({ comparison, value }: FieldTest, candidates: readonly Candidate[]): boolean {
  return candidates.some((candidate) => {
    if (typeof candidate === 'number' && typeof value === 'number') {
      return compareNumbers(candidate, comparison, value);
    }
    if (typeof candidate !== 'string' || typeof value !== 'string') return false;
    return comparison === ':' ? matchesPattern(value, candidate) : candidate === value;
  });
}

function compareNumbers(
  candidate: number,
  comparison: FieldTest['comparison'],
  value: number,
): boolean {
  switch (comparison) {
    case ':':
    case '=':
      return candidate === value;
    case '<':
      return candidate < value;
    case '<=':
      return candidate <= value;
    case '>':
      return candidate > value;
    case '>=':
      return candidate >= value;
  }
}
