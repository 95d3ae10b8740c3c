import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { copySample } from '../../../scripts/sample.mjs';

/** A copy of the sample workspace that a test may change, with its packages. */
export async function openSample(): Promise<{ readonly folder: string; remove(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'glassbox-sample-'));
  await cp(await copySample(), folder, { recursive: true, verbatimSymlinks: true });
  return { folder, remove: () => rm(folder, { recursive: true, force: true, maxRetries: 5 }) };
}
