import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** Drives the built command line, `dist/cli.js`, in a folder and a home of its own. */

export const cli = resolve('dist', 'cli.js');

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export class Desk {
  readonly folder = mkdtempSync(join(tmpdir(), 'glassbox-cli-'));
  private readonly children: ChildProcess[] = [];

  readonly env: NodeJS.ProcessEnv = {
    PATH: process.env.PATH,
    HOME: this.folder,
    GLASSBOX_HOME: join(this.folder, 'home'),
    NO_COLOR: '1',
  };

  start(args: readonly string[], cwd = this.folder): ChildProcess {
    const child = spawn(process.execPath, [cli, ...args], { cwd, env: this.env });
    this.children.push(child);
    return child;
  }

  async run(args: readonly string[], cwd = this.folder): Promise<Finished> {
    return finish(this.start(args, cwd));
  }

  /** Starts `glassbox serve` and gives its address. */
  async serve(args: readonly string[] = []): Promise<{ child: ChildProcess; url: string }> {
    const child = this.start(['serve', ...args]);
    return { child, url: await firstLine(child) };
  }

  dispose(): void {
    for (const child of this.children) child.kill('SIGKILL');
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

export async function finish(child: ChildProcess): Promise<Finished> {
  const output = { stdout: '', stderr: '' };
  child.stdout?.on('data', (data: Buffer) => (output.stdout += data.toString()));
  child.stderr?.on('data', (data: Buffer) => (output.stderr += data.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, ...output };
}

async function firstLine(child: ChildProcess): Promise<string> {
  let text = '';
  let errors = '';
  child.stderr?.on('data', (data: Buffer) => (errors += data.toString()));
  return new Promise((done, fail) => {
    child.stdout?.on('data', (data: Buffer) => {
      text += data.toString();
      const end = text.indexOf('\n');
      if (end >= 0) done(text.slice(0, end));
    });
    child.once('close', () => fail(new Error(`glassbox ended: ${errors}`)));
  });
}
