import type { Observation, ObservationEvent } from '../../src/model/observation';

/** What is known of a failure, from an exception event as OpenTelemetry defines it. */
export interface Failure {
  readonly type?: string;
  readonly message?: string;
  readonly stack?: string;
}

/** The exception an event records, or undefined when it is another event. */
export function failureOf({ name, attributes }: ObservationEvent): Failure | undefined {
  const text = (key: string) => {
    const value = attributes[key];
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const type = text('exception.type');
  const message = text('exception.message');
  const stack = text('exception.stacktrace');
  if (name !== 'exception' && type === undefined && stack === undefined) return undefined;
  return { type, message, stack };
}

/** The failures of an observation, or its bare status message where no event tells more. */
export function failuresOf({ events, status, statusMessage }: Observation): readonly Failure[] {
  const failures = events.flatMap((event) => failureOf(event) ?? []);
  if (failures.length > 0 || status !== 'error') return failures;
  return [{ message: statusMessage ?? 'It failed without a message.' }];
}
