import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { build } from 'esbuild';

/**
 * Builds what is loaded into the user's processes. The bootstrap is compiled for Node 10, because
 * older runtimes must at least be able to read it; the rest runs from Node 18.19 on. Takes another
 * folder than `dist/hooks` as its argument.
 */
const [folder = 'dist/hooks'] = process.argv.slice(2);
const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));

// The packages' own modules, so that what is not used is left out: it halves the size.
const mainFields = ['module', 'main'];
const shared = { mainFields, bundle: true, platform: 'node', format: 'cjs', legalComments: 'none' };
await Promise.all([
  build({
    ...shared,
    entryPoints: ['src/instrument/node/bootstrap.ts'],
    outfile: `${folder}/node.cjs`,
    target: 'node10',
    minify: true,
  }),
  build({
    ...shared,
    entryPoints: ['src/instrument/node/tracing.ts'],
    outfile: `${folder}/node-tracing.cjs`,
    target: 'node18',
    minify: true,
    define: { GLASSBOX_VERSION: JSON.stringify(version) },
  }),
  build({
    ...shared,
    entryPoints: ['src/instrument/node/harness.ts'],
    outfile: `${folder}/node-harness.cjs`,
    target: 'node18',
    minify: true,
    define: { GLASSBOX_VERSION: JSON.stringify(version) },
  }),
]);

const source = 'src/instrument/python';
const python = `${folder}/python`;
rmSync(python, { recursive: true, force: true });
cpSync(source, python, { recursive: true, filter: (path) => basename(path) !== '__pycache__' });
const versioned = `${python}/glassbox_hook/__init__.py`;
writeFileSync(versioned, readFileSync(versioned, 'utf8').replace('0.0.0', version));
