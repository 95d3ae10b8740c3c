/** Functions an experiment may be pointed at, good ones and bad ones. */
import { execSync, spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';

console.log('garbage at import');

class NotFound extends Error {
  name = 'NotFound';
}

/** Does what it is told; the tests name what. */
export async function act(value) {
  if (value === 'raise') throw new NotFound('no such order');
  if (value === 'reject') await Promise.reject('only a text');
  if (value === 'exit') process.exit(3);
  if (value === 'crash') setImmediate(() => Promise.reject(new Error('nobody waits')));
  if (value === 'kill') process.kill(process.pid, 'SIGKILL');
  if (value === 'hang' || value === 'crash') await sleep(60_000, undefined, { ref: false });
  if (value === 'block') for (;;);
  if (value === 'flood') {
    for (let i = 0; i < 2000; i++) console.error('x'.repeat(1000));
    console.log('y'.repeat(100_000));
    execSync('echo from a child', { stdio: 'inherit' });
  }
  if (value === 'fork') spawn('sleep', ['60'], { stdio: 'inherit' });
  if (value === 'circle') {
    const circle = [];
    circle.push(circle);
    return circle;
  }
  if (value === 'function') return () => 1;
  if (value === 'nothing') return undefined;
  if (typeof value !== 'string') return value;
  await sleep(5);
  return `did ${value}`;
}

/** Where spans belong: here, after waiting, in a timer and in a callback. */
export async function place() {
  const places = globalThis[Symbol.for('glassbox.place')];
  const found = [places.getStore().traceId];
  await sleep(20);
  found.push(places.getStore().traceId);
  await new Promise((done) =>
    setImmediate(() => {
      found.push(places.getStore().traceId);
      done();
    }),
  );
  return found;
}

export const notAFunction = 7;
