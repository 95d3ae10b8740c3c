import { spawn, type ChildProcess, type StdioOptions } from 'node:child_process';

/** A process with all it starts: they end together, and a terminal's Ctrl+C reaches only us. */
export interface ChildGroup {
  readonly child: ChildProcess;
  /** Ends the process and its children at once. */
  readonly kill: () => void;
}

export interface ChildOptions {
  readonly command: readonly [string, ...string[]];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly stdio: StdioOptions;
}

export function startGroup({ command, cwd, env, stdio }: ChildOptions): ChildGroup {
  const [program, ...args] = command;
  const detached = process.platform !== 'win32';
  const child = spawn(program, args, { cwd, env, stdio, detached, windowsHide: true });
  return {
    child,
    kill: () => {
      if (child.pid === undefined) return;
      try {
        if (detached) process.kill(-child.pid, 'SIGKILL');
        else spawn('taskkill', ['/pid', String(child.pid), '/T', '/F'], { stdio: 'ignore' });
      } catch {
        // It has ended already.
      }
    },
  };
}

/** The last characters of a stream that may be endless. */
export class Tail {
  private text = '';

  constructor(private readonly most = 4000) {}

  add(chunk: string | Buffer): void {
    this.text = (this.text + chunk.toString()).slice(-this.most);
  }

  /** The line that says most: the last one that names an error, else the last. */
  lastLine(): string {
    const lines = this.text.split(/\r?\n/).map((line) => line.trim());
    const telling = lines.filter((line) => line !== '' && !/^(?:at |Node\.js v|[{}^])/.test(line));
    const error = telling.findLast((line) => /^[\w.[\] ]*(?:Error|Exception)\b/.test(line));
    return error ?? telling.at(-1) ?? '';
  }
}

/** How a process ended, as the beginning of a sentence. */
export function describeExit(code: number | null, signal: NodeJS.Signals | null): string {
  return signal ? `The process was ended by ${signal}` : `The process ended with exit code ${code}`;
}
