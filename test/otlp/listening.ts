import { request } from 'node:http';
import { connect } from 'node:net';
import { afterEach } from 'vitest';
import type { Log } from '../../src/base/log';
import type { Decoded, DecodedLog, DecodedSpan } from '../../src/otlp/decode';
import type { ReceiverHandler } from '../../src/otlp/delivery';
import { openReceiver, type HttpReceiverOptions, type Receiver } from '../../src/otlp/receiver';

/** A handler that remembers what it was given. */
export class Recorder implements ReceiverHandler {
  readonly spans: DecodedSpan[] = [];
  readonly logRecords: DecodedLog[] = [];
  readonly lines: string[] = [];
  /** Awaited before anything counts as committed. */
  before: () => Promise<void> = () => Promise.resolve();

  readonly log: Log = {
    debug: (line) => void this.lines.push(line),
    info: (line) => void this.lines.push(line),
    warn: (line) => void this.lines.push(line),
    error: (line) => void this.lines.push(String(line)),
  };

  async traces(decoded: Decoded<DecodedSpan>): Promise<void> {
    await this.before();
    this.spans.push(...decoded.items);
  }

  async logs(decoded: Decoded<DecodedLog>): Promise<void> {
    await this.before();
    this.logRecords.push(...decoded.items);
  }
}

const opened: Receiver[] = [];

afterEach(async () => {
  await Promise.all(opened.splice(0).map((receiver) => receiver.close()));
});

/** A receiver on a free port that is closed after the test. */
export async function listenFor(
  recorder: Recorder,
  options: Partial<HttpReceiverOptions> = {},
): Promise<Receiver> {
  const receiver = await openReceiver({
    port: 0,
    handler: recorder,
    log: recorder.log,
    ...options,
  });
  opened.push(receiver);
  return receiver;
}

export interface Reply {
  readonly status: number;
  readonly type: string | undefined;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: Buffer;
}

export interface Sending {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | string;
  readonly host?: string;
}

/** Unlike `fetch`, sets any header, `Host` and `Origin` too. */
export function send(port: number, sending: Sending = {}): Promise<Reply> {
  const { method = 'POST', path = '/v1/traces', headers, body = '', host = '127.0.0.1' } = sending;
  return new Promise((resolve, reject) => {
    const outgoing = request(
      {
        ...{ host, port, method, path, agent: false },
        headers: { 'content-type': 'application/x-protobuf', ...headers },
      },
      (response) => {
        const chunks: Buffer[] = [];
        response
          .on('data', (chunk: Buffer) => chunks.push(chunk))
          .on('error', reject)
          .on('end', () =>
            resolve({
              status: response.statusCode ?? 0,
              type: response.headers['content-type'],
              headers: response.headers,
              body: Buffer.concat(chunks),
            }),
          );
      },
    );
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

/** Writes bytes to a socket and gives all that comes back until the other end closes. */
export function sendRaw(port: number, bytes: string | Buffer): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    let answer = '';
    socket.setEncoding('latin1');
    socket.on('data', (text: string) => (answer += text));
    socket.on('error', reject);
    socket.on('close', () => resolve(answer));
    socket.write(bytes);
  });
}
