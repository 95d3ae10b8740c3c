import { compareBytes, compareDeliveries, type SpanRecord } from '../model/record';

/** One delivery of a span as the store ranks it. */
export interface RankedRecord {
  /** Microseconds since 1970; absent where the span was sent while it ran. */
  readonly endTime: number | undefined;
  readonly record: SpanRecord;
}

/** Of the distinct finished deliveries of one span this many are kept, the strongest. */
export const deliveryLimit = 8;

/** `compareDeliveries`, and by resource and scope where the span's own bytes are the same. */
export function compareRanked(a: RankedRecord, b: RankedRecord): number {
  return (
    compareDeliveries(
      { endTime: a.endTime, bytes: a.record.span },
      { endTime: b.endTime, bytes: b.record.span },
    ) ||
    compareBytes(a.record.resource, b.record.resource) ||
    compareBytes(a.record.scope, b.record.scope)
  );
}

/**
 * What stays of all deliveries of one span, weakest first: each once, no running one beside a
 * finished one, at most `deliveryLimit`. Of equal ones the first given stays. Keeping bit by bit
 * in any order leads to what keeping all at once does.
 */
export function keepDeliveries<T extends RankedRecord>(deliveries: readonly T[]): readonly T[] {
  const finished = deliveries.filter((delivery) => delivery.endTime !== undefined);
  const candidates = finished.length > 0 ? finished : deliveries;
  const ordered = [...candidates].sort(compareRanked);
  const distinct = ordered.filter((delivery, i) => {
    const before = ordered[i - 1];
    return before === undefined || compareRanked(before, delivery) !== 0;
  });
  return distinct.slice(-deliveryLimit);
}
