import { errorCode } from '../base/errors';
import type { Json } from '../model/value';
import { describeExit, startGroup, Tail } from './childGroup';

export interface AgentProcess {
  readonly command: readonly [string, ...string[]];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** Written to its standard input, which is then closed. */
  readonly stdin?: string;
  readonly timeoutMs: number;
  /** The output is read elsewhere: standard output may be empty. */
  readonly silent?: boolean;
}

/** What a process or function gave; `error` is a sentence. */
export type Called = { readonly durationMs: number } & (
  { readonly output: Json } | { readonly error: string }
);

const mostOutput = 20 * 1024 * 1024;
/** Children of the process may hold its output open. */
const drainMs = 300;

/** Runs a command once; its output is stdout at exit 0, parsed where all of it is JSON. */
export async function runAgentProcess(
  options: AgentProcess,
  signal?: AbortSignal,
): Promise<Called> {
  const started = performance.now();
  const result = await new Promise<{ output: Json } | { error: string }>((resolve) => {
    const { child, kill } = startGroup({ ...options, stdio: 'pipe' });
    const stdout: Buffer[] = [];
    const stderr = new Tail();
    let size = 0;
    const stop = (error: string) => {
      kill();
      settle({ error });
    };
    const timer = setTimeout(
      () => stop(`It took longer than ${options.timeoutMs / 1000} s.`),
      options.timeoutMs,
    );
    const abort = () => stop('It was stopped.');
    const settle = (value: { output: Json } | { error: string }) => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
      child.stdout?.destroy();
      child.stderr?.destroy();
      resolve(value);
    };
    signal?.addEventListener('abort', abort);
    child.stdout?.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > mostOutput) stop('It wrote more than 20 MB.');
      else stdout.push(chunk);
    });
    child.stderr?.on('data', (chunk: Buffer) => stderr.add(chunk));
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(options.stdin ?? '');
    child.once('error', (error) => {
      const reason = errorCode(error) === 'ENOENT' ? 'it was not found' : error.message;
      settle({ error: `'${options.command[0]}' cannot be started: ${reason}.` });
    });
    child.once('exit', (code, ended) => {
      const finish = () => {
        kill();
        settle(resultOf({ code, signal: ended, stdout, stderr, silent: options.silent === true }));
      };
      const drained = setTimeout(finish, drainMs);
      child.once('close', () => {
        clearTimeout(drained);
        finish();
      });
    });
  });
  return { durationMs: performance.now() - started, ...result };
}

interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: readonly Buffer[];
  readonly stderr: Tail;
  readonly silent: boolean;
}

function resultOf({ code, signal, stdout, stderr, silent }: Ended) {
  if (code !== 0) {
    const last = stderr.lastLine();
    return { error: `${describeExit(code, signal)}${last === '' ? '.' : `: ${last}`}` };
  }
  const text = Buffer.concat(stdout).toString('utf8').trim();
  if (text === '' && !silent) return { error: 'It ended with exit code 0 and wrote nothing.' };
  try {
    return { output: JSON.parse(text) as Json };
  } catch {
    return { output: text };
  }
}
