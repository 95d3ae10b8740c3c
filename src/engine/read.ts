import { control, observe, summarise } from '../dialects/observe';
import type { LogRecord, Span } from '../model/span';
import { uniteSpans } from '../model/span';
import type { Message, Observation, ObservationSummary } from '../model/observation';
import type { SpanRecord } from '../model/record';
import type { Trace, TraceSummary } from '../model/trace';
import type { Json } from '../model/value';
import { decodeSpan } from '../otlp/decode';

/** From stored bytes to meaning: the one place where the wire and the dialects meet on reading. */

/** Several deliveries of one span as the span they stand for, weakest first. */
function spanOf(deliveries: readonly [SpanRecord, ...SpanRecord[]]): Span {
  const [first, ...others] = deliveries.map((record) => {
    const span = decodeSpan(record);
    return control(span) ?? span;
  });
  if (!first) throw new Error('A stored span has at least one delivery');
  return uniteSpans([first, ...others]);
}

export function readSummary(
  deliveries: readonly [SpanRecord, ...SpanRecord[]],
): ObservationSummary {
  return summarise(spanOf(deliveries));
}

export function readObservation(
  deliveries: readonly [SpanRecord, ...SpanRecord[]],
  logs: readonly LogRecord[],
): Observation {
  return observe(spanOf(deliveries), logs);
}

/** A trace speaks through its root; where that is silent, through its first and last model call. */
export function withContent(
  trace: TraceSummary,
  { root, first, last }: { root?: Observation; first?: Observation; last?: Observation },
): Trace {
  return {
    ...trace,
    input: root?.input ?? textOf(first?.inputMessages?.find(({ role }) => role === 'user')),
    output: root?.output ?? textOf(last?.outputMessages?.at(-1)),
    metadata: root?.metadata,
    scores: root?.scores ?? [],
  };
}

function textOf(message: Message | undefined): Json | undefined {
  const texts = message?.parts.flatMap((part) => (part.type === 'text' ? part.text : []));
  return texts && texts.length > 0 ? texts.join('\n') : undefined;
}
