import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/**
 * Fetches what the hook is tested against and the product does not depend on: other releases of
 * Node and older releases of the SDKs, each in a folder of its own under `.cache`. What is there
 * already is left alone. Takes names to fetch only those.
 */
const packages = {
  'nodes/16': 'node@16',
  'nodes/18': 'node@18',
  'nodes/20': 'node@20',
  'nodes/22': 'node@22',
  'nodes/24': 'node@24',
  'sdks/openai-4': 'openai@4',
  'sdks/openai-5': 'openai@5',
  'sdks/openai-6': 'openai@6',
  'sdks/agents-0.1': '@openai/agents@0.1 zod@3',
  'sdks/otel-1': '@opentelemetry/sdk-trace-node@1 @opentelemetry/api@1.4',
};

const [...names] = process.argv.slice(2);
for (const [name, specifiers] of Object.entries(packages)) {
  if (names.length > 0 && !names.includes(name)) continue;
  const folder = resolve('.cache', name);
  if (existsSync(join(folder, 'node_modules', '.package-lock.json'))) continue;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{"private":true}\n');
  console.log(`${specifiers} into ${folder}`);
  const options = ['--no-audit', '--no-fund', '--no-save', '--loglevel=error'];
  execFileSync('npm', ['install', ...options, ...specifiers.split(' ')], {
    cwd: folder,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
}
