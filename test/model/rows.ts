import type { ObservationSummary } from '../../src/model/observation';

/** Observations for tests of what is made of whole traces. */

export function spanId(number: number): string {
  return number.toString(16).padStart(16, '0');
}

/** One observation of a millisecond, in the order of its number. */
export function rowOf(
  number: number,
  { parent, ...fields }: Partial<ObservationSummary> & { readonly parent?: number } = {},
): ObservationSummary {
  return {
    ...{
      traceId: 't'.repeat(32),
      spanId: spanId(number),
      kind: 'span',
      name: `s${String(number)}`,
    },
    ...(parent !== undefined && { parentSpanId: spanId(parent) }),
    ...{ startTime: number * 1000, endTime: number * 1000 + 1000, status: 'ok', level: 'info' },
    ai: true,
    ...fields,
  };
}
