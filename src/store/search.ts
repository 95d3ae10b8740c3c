import type { Comparison } from '../model/filter';

/** What one observation gives to the index. */
export interface SearchedObservation {
  /** Empty for what belongs to no observation. */
  readonly spanId: string;
  /** Indexed once a trace. */
  readonly texts: readonly string[];
  /** Further words, each found by itself: what stands for `attr.k=v`. */
  readonly words: readonly string[];
  readonly scores: readonly SearchedScore[];
}

export interface SearchedScore {
  readonly name: string;
  readonly value?: number;
  readonly label?: string;
}

export interface SearchedTrace {
  /** The store's own number of it. */
  readonly id: number;
  readonly traceId: string;
  /** Microseconds since 1970. */
  readonly startTime: number;
}

/** How far an index has followed its store, in the terms of `StoreFeed`. */
export interface SearchPosition {
  readonly cursor: number;
  /** The last cursor at which the end of the feed had been reached. */
  readonly caughtUp: number;
  readonly deletions: number;
}

/** What traces an index is asked for. */
export type Wanted =
  /** All words in one text, of the last only its beginning where `open`. */
  | { readonly type: 'words'; readonly words: readonly string[]; readonly open: boolean }
  | {
      readonly type: 'score';
      /** Absent: of any name. */
      readonly name?: string;
      readonly comparison: Comparison;
      readonly value: string | number;
      /** Traces that meet it by scores the index does not know. */
      readonly also: readonly string[];
    }
  /** Of an operand whose answer is exact. */
  | { readonly type: 'not'; readonly operand: Wanted }
  | { readonly type: 'and' | 'or'; readonly operands: readonly Wanted[] };

/** A trace by its place in lists, newest first. */
export interface TracePlace {
  readonly startTime: number;
  readonly traceId: string;
}

/** What an index knows of the traces that begin before a place. */
export interface FoundTraces {
  readonly traceIds: readonly string[];
  /** Where to go on; absent where these are all. */
  readonly next?: TracePlace;
}
