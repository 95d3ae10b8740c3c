import { execFileSync, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const guard = fileURLToPath(new URL('guard.mjs', import.meta.url));

/**
 * Runs a command to its end with its output shown. Gives its exit code, 127 where it could not
 * start, 124 where it ran longer than `timeoutMs`; everything it started is ended with it.
 *
 * @param {string} command
 * @param {readonly string[]} parameters
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, timeoutMs?: number }} [options]
 * @returns {Promise<number>}
 */
export async function run(command, parameters, { cwd, env, timeoutMs } = {}) {
  const child = startGuarded(command, parameters, { cwd, env, stdio: 'inherit' });
  let late = false;
  const timer = timeoutMs && setTimeout(() => ((late = true), child.stdin.destroy()), timeoutMs);
  const code = await new Promise((resolve) => child.on('exit', (exit) => resolve(exit ?? 1)));
  clearTimeout(timer);
  if (late) console.error(`${command} took longer than ${timeoutMs / 1000} s and was ended.`);
  return late ? 124 : code;
}

/**
 * Starts a command that lives no longer than this process. Destroy its `stdin` to end it and all
 * it started.
 *
 * @param {string} command
 * @param {readonly string[]} parameters
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, stdio?: 'inherit' | 'pipe' }} [options]
 */
export function startGuarded(command, parameters, { cwd, env, stdio = 'pipe' } = {}) {
  return spawn(process.execPath, [guard, command, ...parameters], {
    cwd,
    env,
    stdio: ['pipe', stdio, stdio],
  });
}

/**
 * Asks processes to end, and after three seconds makes them.
 *
 * @param {readonly number[]} pids
 */
export async function end(pids) {
  for (const pid of pids) send(pid, 'SIGTERM');
  for (let i = 0; i < 30 && pids.some(isAlive); i++) await sleep(100);
  for (const pid of pids) send(pid, 'SIGKILL');
}

/**
 * Children, grandchildren and so on, also those in sessions of their own (terminals).
 *
 * @param {number} pid
 * @returns {number[]}
 */
export function descendantsOf(pid) {
  const parents = parentsOfAll();
  const found = [pid];
  for (const one of found) {
    for (const [child, parent] of parents) if (parent === one) found.push(child);
  }
  return found.slice(1);
}

/** @returns {[number, number][]} process and parent */
function parentsOfAll() {
  if (process.platform === 'win32') return [];
  if (process.platform !== 'linux') {
    const lines = execFileSync('ps', ['-axo', 'pid=,ppid='], { encoding: 'utf8' });
    return [...lines.matchAll(/(\d+)\s+(\d+)/g)].map(([, pid, parent]) => [+pid, +parent]);
  }
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      const parent = parentOnLinux(pid);
      return parent === undefined ? [] : [[+pid, parent]];
    });
}

/** The fourth field of `stat`; the second, a name in parentheses, may hold anything. */
function parentOnLinux(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return undefined;
  }
}

function isAlive(pid) {
  return send(pid, 0);
}

/** False where the process is gone. */
function send(pid, signal) {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}
