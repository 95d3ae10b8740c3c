/**
 * The syntax tree of the filter language, as the parser makes it and the stores read it. Numbers
 * are normalised by the parser: money in US dollars, durations in microseconds, `since` as
 * microseconds before now.
 */

export type Comparison = ':' | '=' | '<' | '<=' | '>' | '>=';

/** Fields that speak of a whole trace in a list of traces. */
export const traceFields = [
  'status',
  'cost',
  'latency',
  'tokens',
  'user',
  'session',
  'tag',
  'score',
  'since',
  'errors',
  'starred',
  'service',
] as const;

/** Fields that speak, together, of one observation. */
export const observationFields = [
  'kind',
  'name',
  'model',
  'agent',
  'tool',
  'attr',
  'metadata',
] as const;

export type FilterField = (typeof traceFields)[number] | (typeof observationFields)[number];

export interface FieldTest {
  readonly type: 'field';
  readonly field: FilterField;
  /** The part behind the dot in `attr.http.status_code`, `metadata.k`, `score.helpful`. */
  readonly key?: string;
  readonly comparison: Comparison;
  /**
   * With `:` a text may hold `*` as a wildcard and the case of A to Z does not matter; with `=` it
   * is taken as it stands. `starred` has the texts `true` and `false`, `score` a number or a label.
   */
  readonly value: string | number;
  /** Offset of the term in the source text. */
  readonly position: number;
}

export type Filter =
  | { readonly type: 'and' | 'or'; readonly operands: readonly Filter[] }
  | { readonly type: 'not'; readonly operand: Filter }
  | { readonly type: 'text'; readonly text: string; readonly position: number }
  /** All inside holds of one and the same observation. */
  | { readonly type: 'span'; readonly operand: Filter; readonly position: number }
  | FieldTest;
