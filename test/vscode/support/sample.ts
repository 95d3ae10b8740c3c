import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { copySample } from '../../../scripts/sample.mjs';

/** A copy of the sample workspace that a test may change, with its packages. */
export async function openSample(): Promise<{ readonly folder: string; remove(): Promise<void> }> {
  const parent = await mkdtemp(join(tmpdir(), 'sample-'));
  const folder = join(parent, 'support-agent');
  await cp(await copySample(), folder, { recursive: true, verbatimSymlinks: true });
  return { folder, remove: () => rm(parent, { recursive: true, force: true, maxRetries: 5 }) };
}
