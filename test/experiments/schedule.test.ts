import { expect, test } from 'vitest';
import { jobsOf, runJobs } from '../../src/experiments/schedule';

const names = ['a', 'b', 'c', 'd', 'e'];
const always = () => true;

test('every case runs once before any runs twice', () => {
  expect(jobsOf(['a', 'b'], { repeat: 2 }).map(({ of, repeat }) => `${of}${repeat}`)).toEqual([
    ...['a1', 'b1', 'a2', 'b2'],
  ]);
});

test('a seed gives another order, the same each time, with every case in it', () => {
  const order = (seed: number) => jobsOf(names, { repeat: 1, seed }).map(({ of }) => of);
  expect(order(1)).toEqual(order(1));
  expect(order(1)).not.toEqual(names);
  expect(order(1)).not.toEqual(order(2));
  expect([...order(1)].sort()).toEqual(names);
});

test('no more at once than asked for', async () => {
  let running = 0;
  let most = 0;
  await runJobs(jobsOf(names, { repeat: 4 }), {
    ...{ concurrency: 3, mayStart: always },
    run: async () => {
      most = Math.max(most, ++running);
      await new Promise(setImmediate);
      running--;
    },
  });
  expect({ most, running }).toEqual({ most: 3, running: 0 });
});

test('stops where it may not start', async () => {
  const ran: string[] = [];
  await runJobs(jobsOf(names, { repeat: 1 }), {
    ...{ concurrency: 1, mayStart: () => ran.length < 2 },
    run: async ({ of }) => void ran.push(of),
  });
  expect(ran).toEqual(['a', 'b']);
});

test('what is left of a job keeps no other waiting, and is waited for at the end', async () => {
  const ended: string[] = [];
  let release: () => void = () => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  await runJobs(jobsOf(['slow', 'b', 'last'], { repeat: 1 }), {
    ...{ concurrency: 1, mayStart: always },
    run: async ({ of }, next) => {
      if (of === 'last') release();
      else if (of === 'slow') {
        next();
        await held;
      }
      ended.push(of);
    },
  });
  expect(ended.slice(0, 2)).not.toContain('slow');
  expect(ended).toHaveLength(3);
});

test('a job that fails fails the run', async () => {
  const run = () => Promise.reject(new Error('no'));
  const jobs = jobsOf(names, { repeat: 1 });
  await expect(runJobs(jobs, { concurrency: 2, mayStart: always, run })).rejects.toThrow('no');
});
