import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cache } from '../../../scripts/setup.mjs';
import type { Editor } from './editor.ts';

/** Keeps what a failed test saw: a picture of the window, and what the pages and the server said. */
export async function keepEvidence(editor: Editor, name: string): Promise<void> {
  const folder = join(cache, 'results', 'failures');
  await mkdir(folder, { recursive: true });
  const path = join(folder, name.replace(/\W+/g, '-'));
  await editor.screenshot(`${path}.png`).catch(() => undefined);
  const log = [...editor.errors, '', editor.log].join('\n');
  await writeFile(`${path}.log`, log);
  console.log(`What it looked like: ${path}.png`);
}
