import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';

/** Uses no SDK at all, but much of what a hook could disturb. */
const require = createRequire(import.meta.url);
process.on('beforeExit', () => console.log('beforeExit'));
process.on('exit', (code) => console.log('exit', code));
console.log(require('node:path').basename(import.meta.url), typeof require('./plain.json').a);
console.log(readFileSync(new URL('plain.json', import.meta.url), 'utf8').trim());
console.log(Object.keys(globalThis).join(), process.execArgv.length, process.argv.length);
console.log(process.listenerCount('SIGTERM'), process.listenerCount('exit'));
await setTimeout(5);
console.error('to the other stream');
process.exitCode = 4;
