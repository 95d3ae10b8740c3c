import { createRequire } from 'node:module';
import type * as WorkerThreads from 'node:worker_threads';

/**
 * The last way out of a process whose event loop has stopped: a worker thread posts the body
 * while this thread waits for it.
 */

export interface HandOverOptions {
  readonly url: string;
  readonly body: Uint8Array;
  readonly timeoutMs: number;
}

const states = { waiting: 0, done: 1, refused: 2 } as const;

/**
 * Runs in the worker, which shares nothing with the program but memory. A receiver that is busy
 * is asked again; one that is gone ends the wait at once.
 */
const workerCode = `
const { workerData: { url, body, state } } = require('node:worker_threads');
const http = require('node:http');
const end = (value) => { Atomics.store(state, 0, value); Atomics.notify(state, 0); };
const post = () => {
  const request = http.request(url, {
    method: 'POST',
    headers: { 'content-type': 'application/x-protobuf', 'content-length': body.byteLength },
  }, (answer) => {
    answer.resume();
    if (answer.statusCode < 300) end(${states.done});
    else if (answer.statusCode === 429 || answer.statusCode >= 502) setTimeout(post, 40);
    else end(${states.refused});
  });
  request.on('error', () => end(${states.refused}));
  request.end(Buffer.from(body));
};
post();
`;

/** Posts synchronously; returns why it failed, or undefined when it was taken. */
export function handOver({ url, body, timeoutMs }: HandOverOptions): string | undefined {
  try {
    // Asked for only now: the module takes 3 ms to load.
    const { Worker } = createRequire(__filename)('node:worker_threads') as typeof WorkerThreads;
    const state = new Int32Array(new SharedArrayBuffer(4));
    const shared = new Uint8Array(new SharedArrayBuffer(body.byteLength));
    shared.set(body);
    // No environment and no options: nothing that the program preloads runs in there.
    const worker = new Worker(workerCode, {
      eval: true,
      env: {},
      execArgv: [],
      workerData: { url, body: shared, state },
    });
    worker.on('error', () => undefined);
    Atomics.wait(state, 0, states.waiting, timeoutMs);
    const result = Atomics.load(state, 0);
    if (result === states.done) return undefined;
    return result === states.refused
      ? 'receiver is gone'
      : `receiver did not answer in ${timeoutMs} ms`;
  } catch (error) {
    return `no worker thread could be started: ${String(error)}`;
  }
}
