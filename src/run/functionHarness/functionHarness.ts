import { randomBytes } from 'node:crypto';
import type { Called } from '../agentProcess';
import { HarnessProcess, type HarnessCall, type HarnessOptions } from './harnessProcess';

/**
 * Calls one function for all cases, in one process as long as it lives. Where a process ends under
 * several cases nobody knows which one ended it: each is then called again in a process of its
 * own, so that only the guilty one fails.
 */
export class FunctionHarness {
  private process: HarnessProcess | undefined;
  private readonly alone = new Set<HarnessProcess>();
  private fatal: string | undefined;
  private closed = false;

  constructor(private readonly options: HarnessOptions) {}

  /** One call with its trace id, which no other call has. */
  async call(
    call: Omit<HarnessCall, 'traceId'>,
    signal?: AbortSignal,
  ): Promise<Called & { readonly traceId: string }> {
    const traceId = newTraceId();
    const stopped = { error: 'It was stopped.', durationMs: 0, traceId };
    if (signal?.aborted || this.closed) return stopped;
    const first = this.attempt({ ...call, traceId });
    const ended = new Promise<typeof stopped>((resolve) =>
      signal?.addEventListener('abort', () => resolve(stopped), { once: true }),
    );
    return Promise.race([first, ended]);
  }

  /** Ends the process; calls that still run are lost. */
  async close(): Promise<void> {
    this.closed = true;
    for (const process of this.alone) process.kill();
    if (!this.process?.ended) await this.process?.close();
  }

  private async attempt(call: HarnessCall): Promise<Called & { readonly traceId: string }> {
    const { traceId } = call;
    if (this.fatal !== undefined) return { error: this.fatal, durationMs: 0, traceId };
    if (!this.process || this.process.ended) this.process = new HarnessProcess(this.options);
    const tried = await this.process.call(call);
    if ('fatal' in tried) {
      this.fatal = tried.fatal;
      return { error: tried.fatal, durationMs: 0, traceId };
    }
    if (!('died' in tried)) return { ...tried, traceId };
    if (!tried.shared || this.closed) {
      return { error: tried.died, durationMs: tried.durationMs, traceId };
    }
    return this.again({ ...call, traceId: newTraceId() });
  }

  private async again(call: HarnessCall): Promise<Called & { readonly traceId: string }> {
    const { traceId } = call;
    const process = new HarnessProcess(this.options);
    this.alone.add(process);
    try {
      const tried = await process.call(call);
      if ('fatal' in tried) return { error: tried.fatal, durationMs: 0, traceId };
      if ('died' in tried) return { error: tried.died, durationMs: tried.durationMs, traceId };
      return { ...tried, traceId };
    } finally {
      this.alone.delete(process);
      await process.close();
    }
  }
}

function newTraceId(): string {
  return randomBytes(16).toString('hex');
}
