import type { LogBytes, SpanRecord } from '../model/record';

/** What names a store and how far it has come; a follower compares it with what it knows. */
export interface FeedState {
  /** Another store in the same file has another name. */
  readonly store: string;
  /** Counts up whenever traces were deleted for good. */
  readonly deletions: number;
  /** The cursor behind all that has arrived. */
  readonly end: number;
}

/** A span that has arrived, with all its deliveries (weakest first) and log records. */
export interface FeedSpan {
  readonly spanId: string;
  readonly deliveries: readonly [SpanRecord, ...SpanRecord[]];
  readonly logs: readonly LogBytes[];
}

export interface FeedTrace {
  /** The store's own number, never used again for another trace. */
  readonly id: number;
  readonly traceId: string;
  /** Microseconds since 1970, as the list of traces has it. */
  readonly startTime: number;
  /** Log records that name no span. */
  readonly loose: readonly LogBytes[];
  /** Read when iterated, once. */
  readonly spans: Iterable<FeedSpan>;
}

export interface FeedPart {
  readonly traces: readonly FeedTrace[];
  /** Goes on from here. */
  readonly cursor: number;
  /** True where nothing more has arrived. */
  readonly atEnd: boolean;
}

/** Reads what has arrived in a store, in order of arrival, through a connection of its own. */
export interface StoreFeed {
  state(): FeedState;
  /**
   * What arrived behind the cursor, a few megabytes at a time. `caughtUp` is the last cursor at
   * which the end had been reached: what was only packed anew since is left out.
   */
  read<T>(cursor: number, caughtUp: number, work: (part: FeedPart) => T): T;
  /** The ids of the traces that something arrived for; undefined where they are more than that. */
  waiting(cursor: number, caughtUp: number, atMost: number): readonly string[] | undefined;
  /** The numbers of all traces, hidden ones included. */
  traceNumbers(): readonly number[];
  close(): void;
}
