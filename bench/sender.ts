import { Agent, request as httpRequest } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { serve, type Port } from '../src/base/channel';
import { bytesOf, makeBatches, makeLive, spansOf, stamp, type Request } from './workload';

/** The programs that send, in a process of their own: the receiver's threads do nothing for them. */
export interface SenderService {
  prepare(workload: { readonly batches: number; readonly liveSpans: number }): Promise<void>;
  /** Sends all prepared requests of a shape as fast as they are answered. */
  sendAll(to: Target): Promise<Sent>;
  /** Sends requests of a shape at a steady rate, over and over. */
  sendPaced(to: Target, pace: Pace): Promise<Sent>;
}

export type Shape = 'batches' | 'live';

export interface Target {
  readonly endpoint: string;
  readonly shape: Shape;
  /** Requests are repeated as other traces under another number. */
  readonly pass: number;
}

export interface Pace {
  readonly spansPerSecond: number;
  readonly seconds: number;
}

export interface Sent {
  readonly spans: number;
  readonly bytes: number;
  /** From the first byte sent to the last answer. */
  readonly milliseconds: number;
  /** From when a request was due to its answer, in milliseconds. */
  readonly answered: { readonly p50: number; readonly p99: number };
}

/** Exporters with batches that send at the same time. */
const batchConnections = 4;

class Sender implements SenderService {
  private batches: readonly Request[] = [];
  private live: readonly (readonly Request[])[] = [];

  async prepare({ batches, liveSpans }: Parameters<SenderService['prepare']>[0]): Promise<void> {
    this.batches = makeBatches(batches);
    this.live = makeLive(liveSpans);
  }

  async sendAll({ endpoint, shape, pass }: Target): Promise<Sent> {
    const lanes = this.lanesOf(shape);
    const client = new Client(endpoint, lanes.length);
    const run = new Run();
    await Promise.all(
      lanes.map(async (lane) => {
        for (const one of lane) await run.answer(client.post(stamp(one, pass)), performance.now());
      }),
    );
    client.close();
    return run.sent(lanes.flat());
  }

  async sendPaced({ endpoint, shape, pass }: Target, pace: Pace): Promise<Sent> {
    const lanes = this.lanesOf(shape);
    const order = interleave(lanes);
    const client = new Client(endpoint, lanes.length);
    const run = new Run();
    const sent: Request[] = [];
    const answers: Promise<void>[] = [];
    for (let spans = 0, next = 0; spans < pace.spansPerSecond * pace.seconds; next++) {
      const due = run.start + (spans / pace.spansPerSecond) * 1000;
      if (due > performance.now()) await sleep(due - performance.now());
      const one = order[next % order.length];
      if (!one) break;
      const repeated = pass + Math.floor(next / order.length);
      answers.push(run.answer(client.post(stamp(one, repeated)), due));
      sent.push(one);
      spans += one.spans.length;
    }
    await Promise.all(answers);
    client.close();
    return run.sent(sent);
  }

  private lanesOf(shape: Shape): readonly (readonly Request[])[] {
    if (shape === 'live') return this.live;
    return Array.from({ length: batchConnections }, (_, lane) =>
      this.batches.filter((_batch, i) => i % batchConnections === lane),
    );
  }
}

/** When requests were sent and answered. */
class Run {
  readonly start = performance.now();
  private readonly waits: number[] = [];

  async answer(answered: Promise<void>, due: number): Promise<void> {
    await answered;
    this.waits.push(performance.now() - due);
  }

  sent(requests: readonly Request[]): Sent {
    const milliseconds = performance.now() - this.start;
    const sorted = [...this.waits].sort((a, b) => a - b);
    const at = (share: number) => sorted[Math.floor(sorted.length * share)] ?? 0;
    const answered = { p50: at(0.5), p99: at(0.99) };
    return { spans: spansOf(requests), bytes: bytesOf(requests), milliseconds, answered };
  }
}

class Client {
  private readonly agent: Agent;
  private readonly url: URL;

  constructor(endpoint: string, connections: number) {
    this.url = new URL(`${endpoint}/v1/traces`);
    this.agent = new Agent({ keepAlive: true, maxSockets: connections });
  }

  /** Rejects where the receiver did not take the whole request. */
  post(body: Buffer): Promise<void> {
    const headers = { 'content-type': 'application/x-protobuf', 'content-length': body.length };
    return new Promise((resolve, reject) => {
      const options = { method: 'POST', agent: this.agent, headers };
      const outgoing = httpRequest(this.url, options, (response) => {
        response.on('error', reject).on('data', () => undefined);
        response.on('end', () => {
          if (response.statusCode === 200) resolve();
          else reject(new Error(`The receiver answered ${response.statusCode}`));
        });
      });
      outgoing.on('error', reject).end(body);
    });
  }

  close(): void {
    this.agent.destroy();
  }
}

/** One of each lane in turn. */
function interleave(lanes: readonly (readonly Request[])[]): readonly Request[] {
  const longest = Math.max(...lanes.map(({ length }) => length));
  return Array.from({ length: longest }, (_, i) => lanes.flatMap((lane) => lane[i] ?? [])).flat();
}

const parent: Port = {
  post: (message) => process.send?.(message),
  listen: (handler) => {
    process.on('message', handler);
    return { dispose: () => process.off('message', handler) };
  },
};
const sender = new Sender();
serve<SenderService>(parent, {
  prepare: (workload) => sender.prepare(workload),
  sendAll: (to) => sender.sendAll(to),
  sendPaced: (to, pace) => sender.sendPaced(to, pace),
});
process.on('disconnect', () => process.exit());
