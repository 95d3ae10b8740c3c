import type { Readable, Writable } from 'node:stream';
import { errorCode } from '../../base/errors';
import { isRecord, type Json } from '../../model/value';
import type { Called } from '../agentProcess';
import { describeExit, startGroup, Tail, type ChildGroup } from '../childGroup';

export interface HarnessOptions {
  readonly command: readonly [string, ...string[]];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
}

export interface HarnessCall {
  readonly input: Json;
  readonly traceId: string;
  readonly timeoutMs: number;
  /** Attributes of the case's root span. */
  readonly attributes: Readonly<Record<string, string | number>>;
}

/** `died`: the process ended under the call, `shared` with others; `fatal`: it cannot be used. */
export type Attempt =
  | Called
  | { readonly died: string; readonly shared: boolean; readonly durationMs: number }
  | { readonly fatal: string };

interface Waiting {
  readonly started: number;
  readonly resolve: (attempt: Attempt) => void;
  readonly timer: NodeJS.Timeout;
}

const startWithinMs = 120_000;
/** What the harness itself needs to say that a case was too slow. */
const graceMs = 1500;
const endWithinMs = 3000;

/** One process with the harness; the calls it is under end with it. */
export class HarnessProcess {
  private readonly group: ChildGroup;
  private readonly output = new Tail();
  private readonly waiting = new Map<number, Waiting>();
  private readonly ready: Promise<string | undefined>;
  private readonly exited: Promise<void>;
  private nextId = 1;
  /** True when it was ended for a case that is settled: the others are innocent. */
  private heldUp = false;
  ended = false;

  constructor(options: HarnessOptions) {
    const stdio = ['ignore', 'pipe', 'pipe', 'pipe', 'pipe'] as const;
    this.group = startGroup({ ...options, stdio: [...stdio] });
    const { child } = this.group;
    child.stdout?.on('data', (chunk: Buffer) => this.output.add(chunk));
    child.stderr?.on('data', (chunk: Buffer) => this.output.add(chunk));
    this.requests.on('error', () => undefined);
    this.exited = new Promise((resolve) => {
      child.once('exit', () => resolve());
      child.once('error', () => resolve());
    });
    this.ready = this.listen(options.command[0]);
  }

  private get requests(): Writable {
    return this.group.child.stdio[3] as Writable;
  }

  /** Resolves with what is wrong, or undefined once the function is loaded. */
  private listen(program: string): Promise<string | undefined> {
    const { child } = this.group;
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        resolve(`The function was not loaded within ${startWithinMs / 1000} s.`);
        this.group.kill();
      }, startWithinMs);
      const settle = (problem: string | undefined) => {
        clearTimeout(timer);
        resolve(problem);
      };
      child.once('error', (error) => {
        const reason = errorCode(error) === 'ENOENT' ? 'it was not found' : error.message;
        settle(`'${program}' cannot be started: ${reason}.`);
        this.end('The process could not be started.');
      });
      child.once('exit', (code, signal) => {
        // Replies that were written before the end are still in the pipe.
        setTimeout(() => {
          const last = this.output.lastLine();
          const how = `${describeExit(code, signal)}${last === '' ? '.' : `: ${last}`}`;
          settle(how);
          this.end(how);
        }, 50);
      });
      onLines(child.stdio[4] as Readable, (line) => this.heard(line, settle));
    });
  }

  private heard(line: string, settle: (problem: string | undefined) => void): void {
    const reply = parseReply(line);
    if (!reply) return;
    if (reply.ready === true) settle(undefined);
    if (typeof reply.fatal === 'string') settle(reply.fatal);
    const waiting = this.waiting.get(Number(reply.id));
    if (!waiting) return;
    const durationMs = Number(reply.durationMs);
    this.settle(
      Number(reply.id),
      typeof reply.error === 'string'
        ? { error: reply.error, durationMs }
        : { output: (reply.output ?? null) as Json, durationMs },
    );
  }

  private settle(id: number, attempt: Attempt): void {
    const waiting = this.waiting.get(id);
    this.waiting.delete(id);
    clearTimeout(waiting?.timer);
    waiting?.resolve(attempt);
  }

  private end(how: string): void {
    this.ended = true;
    const shared = this.waiting.size > 1 || this.heldUp;
    for (const [id, { started }] of [...this.waiting]) {
      this.settle(id, { died: how, shared, durationMs: performance.now() - started });
    }
  }

  /** Calls the function once. */
  async call({ timeoutMs, ...call }: HarnessCall): Promise<Attempt> {
    const problem = await this.ready;
    if (problem !== undefined) return { fatal: problem };
    if (this.ended) return { died: 'The process had ended.', shared: true, durationMs: 0 };
    const id = this.nextId++;
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        // It does not even say that it is late: it holds its own loop, and with it all others.
        const error = `It took longer than ${timeoutMs / 1000} s and held up its process.`;
        this.settle(id, { error, durationMs: timeoutMs });
        this.heldUp = true;
        this.group.kill();
      }, timeoutMs + graceMs);
      this.waiting.set(id, { started: performance.now(), resolve, timer });
      this.requests.write(`${JSON.stringify({ id, timeoutMs, ...call })}\n`);
    });
  }

  kill(): void {
    this.group.kill();
  }

  /** Lets the process end by itself, for a moment. */
  async close(): Promise<void> {
    this.requests.end();
    const timer = setTimeout(() => this.group.kill(), endWithinMs);
    await this.exited;
    clearTimeout(timer);
    this.group.kill();
    // Children of the program that got away may hold the other ends.
    for (const stream of this.group.child.stdio) stream?.destroy();
  }
}

/** Lines end in line feeds alone; `readline` would also split at U+2028 inside JSON. */
function onLines(stream: Readable, heard: (line: string) => void): void {
  let rest = '';
  stream.setEncoding('utf8');
  stream.on('error', () => undefined);
  stream.on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    lines.forEach(heard);
  });
}

function parseReply(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
