import { spawn } from 'node:child_process';

export interface ProgramResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end, with nothing of this process's environment that would change an agent. */
export async function runProgram(
  command: readonly [string, ...string[]],
  { cwd, env = {} }: { cwd?: string; env?: Readonly<Record<string, string | undefined>> } = {},
): Promise<ProgramResult> {
  const [file, ...args] = command;
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(OPENAI|OTEL|SUPPORT|GLASSBOX|LOGFIRE|NODE_OPTIONS|PYTHON)/.test(name),
  );
  const child = spawn(file, args, { cwd, env: { ...Object.fromEntries(kept), ...env } });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (part) => (stdout += String(part)));
  child.stderr.on('data', (part) => (stderr += String(part)));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  return { code, stdout: stdout.replaceAll('\r\n', '\n'), stderr };
}
