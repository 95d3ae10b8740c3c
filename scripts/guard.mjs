// Runs a command for as long as its own standard input stays open, then ends everything the
// command started. Whoever starts a server through this leaves nothing behind, however it dies:
//
//     node scripts/guard.mjs COMMAND ARGUMENTS...
import { spawn } from 'node:child_process';
import { descendantsOf, end } from './processes.mjs';

const [command, ...rest] = process.argv.slice(2);
const child = spawn(command, rest, { stdio: ['ignore', 'inherit', 'inherit'] });
let ending;

child.on('error', (error) => {
  console.error(`${command}: ${error.message}`);
  process.exit(127);
});
child.on('exit', (code) => {
  if (!ending) process.exit(code ?? 1);
});
process.stdin.resume();
process.stdin.on('close', () => void endAll());
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => void endAll());

async function endAll() {
  ending ??= end([child.pid, ...descendantsOf(child.pid)]);
  await ending;
  process.exit(0);
}
