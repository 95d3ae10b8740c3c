// Runs a script of package.json: `npm` is a shell script on Windows, which `spawn` cannot start.
import { spawn } from 'node:child_process';

const child = spawn('npm', ['run', ...process.argv.slice(2)], {
  stdio: 'inherit',
  shell: process.platform === 'win32',
});
child.on('exit', (code) => process.exit(code ?? 1));
