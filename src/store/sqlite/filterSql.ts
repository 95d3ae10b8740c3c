import type { FieldTest, Filter } from '../../model/filter';
import { speaksOfOneObservation } from '../../model/filterMatch';
import { matchesPattern } from '../../model/filterValue';
import { observationKinds, observationStatuses } from '../../model/observation';
import { silenceLimit } from '../../model/rollup';
import type { SqlValue } from './connection';

/** A condition and the values of its question marks. */
export interface SqlCondition {
  readonly sql: string;
  readonly values: readonly SqlValue[];
}

const never: SqlCondition = { sql: '0', values: [] };

/**
 * The filter as a condition on a row `t` of `traces`: what `matchesTrace` says, in SQL. No part
 * is ever NULL, so that NOT turns it around. `now` is in microseconds since 1970.
 */
export function traceCondition(filter: Filter, now: number): SqlCondition {
  if (speaksOfOneObservation(filter)) return someSpan(filter, now);
  switch (filter.type) {
    case 'and': {
      const together = filter.operands.filter(speaksOfOneObservation);
      const apart = filter.operands.filter((operand) => !speaksOfOneObservation(operand));
      const conditions = apart.map((operand) => traceCondition(operand, now));
      if (together.length > 0) conditions.push(someSpan({ type: 'and', operands: together }, now));
      return join(conditions, 'AND');
    }
    case 'or':
      return join(
        filter.operands.map((operand) => traceCondition(operand, now)),
        'OR',
      );
    case 'not':
      return not(traceCondition(filter.operand, now));
    case 'span':
      return someSpan(filter.operand, now);
    case 'text':
      return never;
    case 'field':
      return traceField(filter, now);
  }
}

function someSpan(filter: Filter, now: number): SqlCondition {
  const { sql, values } = spanCondition(filter, now);
  const some = `EXISTS (SELECT 1 FROM spans s WHERE s.trace = t.id AND ${sql})`;
  const kinds = kindsAsked(filter);
  return { sql: kinds === undefined ? some : `(t.kinds & ${String(kinds)} AND ${some})`, values };
}

/** The kinds one of which the observation must be of, as bits; spares a look at most traces. */
function kindsAsked(filter: Filter): number | undefined {
  if (filter.type === 'field' && filter.field === 'kind') {
    return indexesOf(filter, observationKinds).reduce((bits, kind) => bits | (1 << kind), 0);
  }
  if (filter.type !== 'and') return undefined;
  return filter.operands.map(kindsAsked).find((kinds) => kinds !== undefined);
}

/** The filter as a condition on a row `s` of `spans`: what `matchesObservation` says. */
function spanCondition(filter: Filter, now: number): SqlCondition {
  switch (filter.type) {
    case 'and':
    case 'or':
      return join(
        filter.operands.map((operand) => spanCondition(operand, now)),
        filter.type === 'and' ? 'AND' : 'OR',
      );
    case 'not':
      return not(spanCondition(filter.operand, now));
    case 'span':
      return spanCondition(filter.operand, now);
    case 'text':
      return never;
    case 'field':
      return spanField(filter, now);
  }
}

function join(conditions: readonly SqlCondition[], word: 'AND' | 'OR'): SqlCondition {
  if (conditions.length === 0) return { sql: word === 'AND' ? '1' : '0', values: [] };
  return {
    sql: `(${conditions.map(({ sql }) => sql).join(` ${word} `)})`,
    values: conditions.flatMap(({ values }) => values),
  };
}

function not({ sql, values }: SqlCondition): SqlCondition {
  return { sql: `NOT (${sql})`, values };
}

function traceField(test: FieldTest, now: number): SqlCondition {
  switch (test.field) {
    case 'status': {
      const status = `CASE WHEN t.status = 0 AND ? - t.updated >= ${String(silenceLimit)}
        THEN ${String(observationStatuses.indexOf('interrupted'))} ELSE t.status END`;
      return oneOf(test, observationStatuses, { sql: status, values: [now] });
    }
    case 'cost':
      return compare(test, 't.cost');
    case 'latency': {
      const settled = `t.status = 0 AND ? - t.updated >= ${String(silenceLimit)}`;
      const finish = `CASE WHEN ${settled} THEN t.updated ELSE t.finish END`;
      return compare(test, `${finish} - t.start`, [now]);
    }
    case 'tokens':
      return compare(test, 't.tokens');
    case 'user':
      return matching(test, 't.user');
    case 'session':
      return matching(test, 't.session');
    case 'service':
      return matching(test, 't.service');
    case 'tag':
      return matchingAny(test, 't.tags', '$');
    case 'since':
      return since(test, 't.start', now);
    case 'errors':
      return compare(test, 't.errors');
    case 'starred':
      return oneOf(test, ['false', 'true'], { sql: 't.starred', values: [] });
    default:
      return never;
  }
}

function spanField(test: FieldTest, now: number): SqlCondition {
  switch (test.field) {
    case 'status':
      return oneOf(test, observationStatuses, { sql: 's.status', values: [] });
    case 'cost':
      return compare(test, 's.cost');
    case 'latency':
      return compare(test, 's.finish - s.start');
    case 'tokens':
      return compare(test, 's.tokens');
    case 'user':
      return inOrigins(matching(test, `json_extract(o.text, '$.userId')`));
    case 'session':
      return inOrigins(matching(test, `json_extract(o.text, '$.sessionId')`));
    case 'service':
      return inOrigins(matching(test, `json_extract(o.text, '$.serviceName')`));
    case 'tag':
      return inOrigins(matchingAny(test, 'o.text', '$.tags'));
    case 'since':
      return since(test, 's.start', now);
    case 'errors': {
      const failed = String(observationStatuses.indexOf('error'));
      return compare(test, `(s.status = ${failed})`);
    }
    case 'kind':
      return oneOf(test, observationKinds, { sql: 's.kind', values: [] });
    case 'name':
      return inNames(test, 's.name');
    case 'agent':
      return inNames(test, 's.agent');
    case 'tool':
      return inNames(test, 's.tool');
    case 'model':
      return join([inNames(test, 's.model'), requestedModel(test)], 'OR');
    default:
      return never;
  }
}

const operators = { ':': '=', '=': '=', '<': '<', '<=': '<=', '>': '>', '>=': '>=' } as const;

function compare(
  { comparison, value }: FieldTest,
  column: string,
  values: readonly SqlValue[] = [],
): SqlCondition {
  if (typeof value !== 'number') return never;
  const sql = `ifnull((${column}) ${operators[comparison]} ?, 0)`;
  return { sql, values: [...values, value] };
}

/** `now - asked` or later; the comparison always holds of the asked value itself. */
function since({ comparison, value }: FieldTest, column: string, now: number): SqlCondition {
  if (typeof value !== 'number' || comparison === '<' || comparison === '>') return never;
  return { sql: `ifnull(${column} >= ?, 0)`, values: [now - value] };
}

function matching({ comparison, value }: FieldTest, column: string): SqlCondition {
  if (typeof value !== 'string') return never;
  if (comparison !== ':') return { sql: `ifnull(${column} = ?, 0)`, values: [value] };
  return { sql: `ifnull(${column} LIKE ? ESCAPE '\\', 0)`, values: [likePattern(value)] };
}

function matchingAny(test: FieldTest, json: string, path: '$' | '$.tags'): SqlCondition {
  const { sql, values } = matching(test, 'j.value');
  return {
    sql: `EXISTS (SELECT 1 FROM json_each(${json}, '${path}') j WHERE ${sql})`,
    values,
  };
}

function likePattern(pattern: string): string {
  return pattern.replace(/[\\%_]/g, '\\$&').replaceAll('*', '%');
}

/** A column that holds the index of a word in a fixed list. */
function oneOf(test: FieldTest, words: readonly string[], column: SqlCondition): SqlCondition {
  const indexes = indexesOf(test, words).join(', ');
  return { sql: `ifnull((${column.sql}) IN (${indexes}), 0)`, values: column.values };
}

function indexesOf({ comparison, value }: FieldTest, words: readonly string[]): readonly number[] {
  if (typeof value !== 'string') return [];
  const matches = (word: string) =>
    comparison === ':' ? matchesPattern(value, word) : word === value;
  return words.flatMap((word, i) => (matches(word) ? i : []));
}

function inNames(test: FieldTest, column: string): SqlCondition {
  const { sql, values } = matching(test, 'n.text');
  return { sql: `ifnull(${column} IN (SELECT n.id FROM names n WHERE ${sql}), 0)`, values };
}

function inOrigins({ sql, values }: SqlCondition): SqlCondition {
  return { sql: `ifnull(s.origin IN (SELECT o.id FROM origins o WHERE ${sql}), 0)`, values };
}

function requestedModel(test: FieldTest): SqlCondition {
  const { sql, values } = matching(test, `json_extract(h.text, '$.requestedModel')`);
  return { sql: `ifnull(s.shape IN (SELECT h.id FROM shapes h WHERE ${sql}), 0)`, values };
}
