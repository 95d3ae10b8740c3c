import { mkdirSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Takes a lock that test files of other processes respect too, and gives what frees it: several
 * of them want the same packages installed, and must not do so at once. Blocks for at most
 * `minutes`, then throws.
 */
export function takeLock(lock: string, minutes = 10): () => void {
  mkdirSync(dirname(lock), { recursive: true });
  const end = Date.now() + minutes * 60_000;
  for (;;) {
    try {
      mkdirSync(lock);
      return () => rmSync(lock, { recursive: true, force: true });
    } catch {
      if (Date.now() > end) throw new Error(`${lock} is held; delete it if no test runs`);
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 500);
    }
  }
}
