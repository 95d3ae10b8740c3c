/**
 * Wall time with the resolution of the monotonic clock. The functions are kept from before the
 * program could replace them by fake timers.
 */
const wallNow = Date.now;
const monotonicNow = performance.now.bind(performance);
let offset = wallNow() - monotonicNow();

export type HrTime = [number, number];

/** Milliseconds since 1970, with fractions. */
export function nowMs(): number {
  const time = offset + monotonicNow();
  const drift = wallNow() - time;
  if (drift > -20 && drift < 20) return time;
  // The machine slept or its clock was set.
  offset += drift;
  return time + drift;
}

/** OpenTelemetry's `[seconds, nanoseconds]`, in whole microseconds. */
export function hrTimeOf(ms: number): HrTime {
  const micros = Math.round(ms * 1000);
  return [Math.floor(micros / 1_000_000), (micros % 1_000_000) * 1000];
}
