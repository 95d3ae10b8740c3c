import { join } from 'node:path';
import { build } from 'esbuild';
import { cache, root } from '../../../scripts/setup.mjs';

/** Bundles the suites of the extension host; gives the file that VS Code is told to run. */
export async function bundleHostSuites(): Promise<string> {
  const outfile = join(cache, 'vscode-tests', 'host.cjs');
  await build({
    entryPoints: [join(root, 'test', 'vscode', 'host', 'index.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node22',
    format: 'cjs',
    external: ['vscode', 'mocha'],
    sourcemap: 'inline',
    logLevel: 'warning',
  });
  return outfile;
}
