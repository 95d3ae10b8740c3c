import type { Span } from '../model/span';

/**
 * Milliseconds from the start of a span to its first event of one of these names: how some
 * instrumentations mark the first piece of a streamed answer.
 */
export function firstEventMs(span: Span, names: ReadonlySet<string>): number | undefined {
  const first = span.events.find((event) => names.has(event.name));
  return first && (first.time - span.startTime) / 1000;
}
