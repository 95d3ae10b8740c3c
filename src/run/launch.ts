import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { errorCode } from '../base/errors';

export interface Launch {
  readonly command: readonly [string, ...string[]];
  readonly cwd?: string;
  readonly env: NodeJS.ProcessEnv;
  /** Sends the child's output to stderr, so that stdout stays ours. */
  readonly outputToStderr?: boolean;
}

/** The exit code a shell would give: the child's own, 128+n for a signal, 126/127 not started. */
export async function launch({ command, cwd, env, outputToStderr }: Launch): Promise<number> {
  const [program, ...args] = command;
  const child = spawn(program, args, {
    ...{ cwd, env, windowsHide: true },
    stdio: ['inherit', outputToStderr ? 2 : 'inherit', 'inherit'],
  });
  const stopForwarding = forwardSignals((signal) => child.kill(signal));
  try {
    return await new Promise((resolve) => {
      child.once('error', (error) => resolve(errorCode(error) === 'EACCES' ? 126 : 127));
      child.once('exit', (code, signal) =>
        resolve(signal ? 128 + constants.signals[signal] : (code ?? 0)),
      );
    });
  } finally {
    stopForwarding();
  }
}

/**
 * Our own end must not come before the child's. A terminal sends Ctrl+C to both; what only we
 * were sent is passed on.
 */
function forwardSignals(kill: (signal: NodeJS.Signals) => void): () => void {
  const forwarded: readonly NodeJS.Signals[] = ['SIGTERM', 'SIGHUP', 'SIGINT'];
  const handlers = forwarded.map((signal) => {
    const handler = () => {
      if (signal === 'SIGINT' && process.stdin.isTTY) return;
      kill(signal);
    };
    process.on(signal, handler);
    return () => process.off(signal, handler);
  });
  return () => handlers.forEach((remove) => remove());
}
