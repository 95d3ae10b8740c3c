import { isUserError, toError } from '../base/errors';
import { runCli } from './cli';

/** The entry of `dist/cli.js`: the one place of the command line that catches and shows. */
async function main(): Promise<void> {
  if (!isSupported(process.versions.node)) {
    process.stderr.write(`glassbox needs Node 22.15 or later; this is ${process.versions.node}.\n`);
    process.exitCode = 3;
    return;
  }
  try {
    process.exitCode = await runCli(process.argv.slice(2));
  } catch (error) {
    const { message, stack } = toError(error);
    process.stderr.write(isUserError(error) ? `glassbox: ${message}\n` : `glassbox: ${stack}\n`);
    process.exitCode = isUserError(error) ? 2 : 3;
  }
}

function isSupported(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > 22 || (major === 22 && minor >= 15);
}

// A reader that has seen enough (`glassbox traces | head`) is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

void main();
