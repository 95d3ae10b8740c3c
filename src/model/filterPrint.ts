import type { FieldTest, Filter } from './filter';
import { durationUnits } from './filterValue';

/** Writes a filter as a person would type it; `parseFilter` gives the same tree back. */
export function printFilter(filter: Filter): string {
  switch (filter.type) {
    case 'and':
      return filter.operands.map((operand) => printInside(operand, 'and')).join(' ');
    case 'or':
      return filter.operands.map((operand) => printInside(operand, 'or')).join(' or ');
    case 'not':
      return `-${printInside(filter.operand, 'not')}`;
    case 'span':
      return `span(${printFilter(filter.operand)})`;
    case 'text':
      return quote(filter.text);
    case 'field':
      return printTest(filter);
  }
}

/** Only what binds looser than its surroundings needs parentheses. */
function printInside(filter: Filter, outer: 'and' | 'or' | 'not'): string {
  const loose = filter.type === 'or' ? outer !== 'or' : filter.type === 'and' && outer === 'not';
  return loose ? `(${printFilter(filter)})` : printFilter(filter);
}

function printTest({ field, key, comparison, value }: FieldTest): string {
  const head = key === undefined ? field : `${field}.${bareOr(key, /^[^\s"():=<>]+$/)}`;
  return `${head}${comparison}${printValue(field, value)}`;
}

function printValue(field: FieldTest['field'], value: string | number): string {
  if (typeof value === 'string') return bareOr(value, /^[^\s"()]+$/);
  return field === 'latency' || field === 'since' ? printDuration(value) : String(value);
}

function printDuration(microseconds: number): string {
  const [unit, size] = durationUnits.find(([, size]) => microseconds % size === 0) ?? ['ms', 1_000];
  return microseconds === 0 ? '0s' : `${microseconds / size}${unit}`;
}

function bareOr(text: string, bare: RegExp): string {
  return bare.test(text) ? text : quote(text);
}

function quote(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}
