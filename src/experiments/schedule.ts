/** The order cases run in, how many at once, and when to stop early. */

export interface Job<T> {
  readonly of: T;
  /** Counts from 1. */
  readonly repeat: number;
}

/** All first repeats before all second ones, so that a stopped run has seen every case. */
export function jobsOf<T>(
  cases: readonly T[],
  { repeat, seed }: { readonly repeat: number; readonly seed?: number },
): readonly Job<T>[] {
  const ordered = seed === undefined ? cases : shuffled(cases, seed);
  return Array.from({ length: repeat }, (_, index) =>
    ordered.map((of) => ({ of, repeat: index + 1 })),
  ).flat();
}

/** Runs jobs, this many at once, until none is left or `mayStart` says no. */
export async function runJobs<T>(
  jobs: readonly Job<T>[],
  { concurrency, mayStart, run }: JobRunner<T>,
): Promise<void> {
  const queue = jobs.values();
  const started: Promise<void>[] = [];
  const work = async () => {
    for (const job of queue) {
      if (!mayStart()) return;
      await new Promise<void>((next) => {
        const whole = run(job, next);
        started.push(whole);
        whole.then(next, () => next());
      });
    }
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, jobs.length) }, work));
  await Promise.all(started);
}

export interface JobRunner<T> {
  readonly concurrency: number;
  readonly mayStart: () => boolean;
  /** May call `next` before it is done, where what is left to do need not keep others waiting. */
  readonly run: (job: Job<T>, next: () => void) => Promise<void>;
}

/** Fisher and Yates' shuffle over a linear congruential generator: the same for a seed everywhere. */
function shuffled<T>(items: readonly T[], seed: number): readonly T[] {
  const result = [...items];
  let state = seed >>> 0;
  for (let last = result.length - 1; last > 0; last--) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const other = Math.floor((state / 2 ** 32) * (last + 1));
    [result[last], result[other]] = [result[other] as T, result[last] as T];
  }
  return result;
}
