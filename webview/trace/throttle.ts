/** Timers as the page has them; a test brings its own. */
export interface Timers {
  set(run: () => void, milliseconds: number): unknown;
  now(): number;
}

/**
 * Makes a function that runs `work` soon, but never twice at once and never more often than
 * every `intervalMs`; what is asked for meanwhile is one more run afterwards.
 */
export function throttle(
  work: () => Promise<void>,
  intervalMs: number,
  timers: Timers = pageTimers,
): () => void {
  let wanted = false;
  let busy = false;
  let last = -Infinity;
  const run = async () => {
    wanted = false;
    last = timers.now();
    try {
      await work();
    } finally {
      busy = false;
      if (wanted) start();
    }
  };
  const start = () => {
    busy = true;
    const wait = Math.max(0, last + intervalMs - timers.now());
    timers.set(() => void run(), wait);
  };
  return () => {
    wanted = true;
    if (!busy) start();
  };
}

const pageTimers: Timers = {
  set: (run, milliseconds) => setTimeout(run, milliseconds),
  now: () => performance.now(),
};
