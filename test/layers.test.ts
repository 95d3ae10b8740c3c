import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { preProcessFile } from 'typescript';
import { expect, test } from 'vitest';

/** Who may import whom; anyone may import itself and Node. This table is the architecture. */
const mayImport: Record<string, readonly string[]> = {
  base: [],
  model: [],
  otlp: ['base', 'model', '@grpc/grpc-js'],
  dialects: ['base', 'model', '@pydantic/genai-prices'],
  store: ['base', 'model'],
  prompts: ['base', 'model', 'dotprompt', 'handlebars', 'yaml', 'lowdb'],
  experiments: ['base', 'model', 'ajv'],
  llm: ['base', 'model', 'openai'],
  run: ['base', 'model'],
  instrument: [],
  engine: ['base', 'model', 'otlp', 'dialects', 'store'],
  worker: ['base', 'engine'],
  core: ['base', 'model', 'engine', 'prompts', 'experiments', 'llm', 'run'],
  protocol: ['model'],
  cli: ['base', 'model', 'core', 'run', 'prompts'],
  extension: ['base', 'model', 'core', 'run', 'protocol', 'vscode'],
  webview: [
    'base',
    'model',
    'protocol',
    'preact',
    '@preact/signals',
    '@dagrejs/dagre',
    '@vscode/webview-ui-toolkit',
    'markdown-it',
    'dompurify',
  ],
};

test('every import runs the way the table allows', () => {
  const faults = [...sources('src'), ...sources('webview')]
    .filter((file) => layerOf(file) !== 'instrument')
    .flatMap((file) => {
      const from = layerOf(file);
      return importsOf(file)
        .filter((to) => to !== from && !mayImport[from]?.includes(to))
        .map((to) => `${file}: ${from} may not import ${to}`);
    });
  expect(faults).toEqual([]);
});

test('what runs in the user’s process imports nothing of ours', () => {
  const ours = [...sources('src/instrument')].flatMap((file) =>
    importsOf(file)
      .filter((to) => to !== 'instrument' && !to.startsWith('@opentelemetry/'))
      .map((to) => `${file} imports ${to}`),
  );
  expect(ours).toEqual([]);
});

test('every layer has its line in the table', () => {
  const layers = new Set([...sources('src'), ...sources('webview')].map(layerOf));
  expect([...layers].filter((layer) => !(layer in mayImport))).toEqual([]);
});

function* sources(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* sources(path);
    else if (/\.tsx?$/.test(entry.name)) yield path;
  }
}

/** The layers and packages a file imports, Node's own left out. */
function importsOf(file: string): string[] {
  return preProcessFile(readFileSync(file, 'utf8'))
    .importedFiles.map(({ fileName }) => fileName)
    .filter((path) => !path.startsWith('node:'))
    .map((path) => (path.startsWith('.') ? layerOf(join(dirname(file), path)) : packageOf(path)));
}

function packageOf(specifier: string): string {
  const [scope = '', name = ''] = specifier.split('/');
  return scope.startsWith('@') ? `${scope}/${name}` : scope;
}

/** `src/otlp/decode.ts` and `src/protocol.ts` lie in the layers `otlp` and `protocol`. */
function layerOf(path: string): string {
  const [top = '', inside = ''] = relative('.', path).split(sep);
  return (top === 'src' ? inside : top).replace(/\.[jt]sx?$/, '');
}
