import { computed, signal, type ReadonlySignal } from '@preact/signals';
import { within, type TimeRange } from './timeRange';
import type { TraceModel } from './traceModel';

/** The present moment while a trace runs, so that its bars grow between two fetches. */
export interface Clock {
  /** Microseconds from the origin of the trace to now, by the clock of the store. */
  readonly now: ReadonlySignal<number>;
  /** Microseconds the trace spans. */
  readonly end: ReadonlySignal<number>;
  /** The part of it the time axis shows. */
  readonly range: ReadonlySignal<TimeRange>;
}

const tickMs = 250;
const calmTickMs = 1000;

/** Starts ticking for a page; it goes on as long as the page lives. */
export function startClock(model: TraceModel): Clock {
  const pageTime = signal(Date.now());
  const skew = computed(() => (model.view.value ? model.view.value.now - Date.now() * 1000 : 0));
  const now = computed(() => {
    const origin = model.view.value?.columns.origin ?? 0;
    return pageTime.value * 1000 + skew.value - origin;
  });
  const end = computed(() => {
    const outline = model.outline.value;
    if (!outline) return 0;
    return outline.running ? Math.max(outline.end, now.value) : outline.end;
  });
  const range = computed(() => {
    const whole = { from: 0, to: end.value };
    const chosen = model.range.value;
    return (chosen && within(chosen, whole)) ?? whole;
  });
  const calm = matchMedia('(prefers-reduced-motion: reduce)').matches;
  setInterval(
    () => {
      if (model.outline.peek()?.running && !document.hidden) pageTime.value = Date.now();
    },
    calm ? calmTickMs : tickMs,
  );
  return { now, end, range };
}
