import { AsyncResource } from 'node:async_hooks';
import { connect, type Socket } from 'node:net';
import { nowMs } from './clock';

/**
 * POSTs over one kept-alive connection, pipelined: a body is in the kernel's hands when `post`
 * returns, so not even a kill can take it back. Plain sockets rather than node:http, because what
 * the user's program patches there (OpenTelemetry, nock, msw) must never see our requests.
 */

export interface HttpPipeOptions {
  readonly endpoint: URL;
  /** Status of the oldest unanswered post; undefined where the connection broke under it. */
  readonly onAnswer: (status: number | undefined, retryAfterMs: number | undefined) => void;
  readonly onOpen: () => void;
  /** `lifeMs` is how long the connection stood; undefined where it never did. */
  readonly onClose: (lifeMs: number | undefined) => void;
  /** Runs `start` where the user's tracing looks away. */
  readonly hidden: (start: () => void) => void;
}

/** Time the process may be kept alive by an unanswered post. */
const holdMs = 250;
const { setTimeout, clearTimeout } = globalThis;

export class HttpPipe {
  open = false;
  waiting = 0;
  /** True when an answer has been waited for in vain. */
  tired = false;
  private socket: Socket | undefined;
  private received = '';
  private openedMs: number | undefined;
  private hold: NodeJS.Timeout | undefined;
  private readonly head: string;
  private readonly scope = new AsyncResource('glassbox');

  constructor(private readonly options: HttpPipeOptions) {
    const { endpoint } = options;
    this.head =
      `POST ${endpoint.pathname} HTTP/1.1\r\nHost: ${endpoint.host}\r\n` +
      'Content-Type: application/x-protobuf\r\nContent-Length: ';
  }

  get connecting(): boolean {
    return this.socket !== undefined && !this.open;
  }

  /** Opens the connection; `onOpen` or `onClose` follows. */
  connect(): void {
    if (this.socket) return;
    this.options.hidden(() => this.scope.runInAsyncScope(() => this.begin()));
  }

  /** Only while `open`. */
  post(body: Uint8Array): void {
    const { socket } = this;
    if (!socket) return;
    socket.cork();
    socket.write(`${this.head}${body.byteLength}\r\n\r\n`, 'latin1');
    socket.write(body);
    socket.uncork();
    this.waiting++;
    this.keepAlive();
  }

  /** Keeps the process alive for an answer, but never for long. */
  keepAlive(): void {
    if (this.tired || this.hold) return;
    this.socket?.ref();
    this.hold = setTimeout(() => {
      this.tired = true;
      this.socket?.unref();
    }, holdMs);
    this.hold.unref();
  }

  private begin(): void {
    const { endpoint } = this.options;
    const host = endpoint.hostname.replace(/^\[|\]$/g, '');
    const socket = connect({ host, port: Number(endpoint.port || 80), noDelay: true });
    this.socket = socket;
    socket.unref();
    socket.on('connect', () => {
      this.open = true;
      this.openedMs = nowMs();
      this.options.onOpen();
    });
    socket.on('data', (data: Buffer) => this.read(data));
    socket.on('error', () => socket.destroy());
    socket.on('end', () => socket.destroy());
    socket.on('close', () => this.closed());
  }

  private closed(): void {
    const lost = this.waiting;
    const lifeMs = this.openedMs === undefined ? undefined : nowMs() - this.openedMs;
    this.openedMs = undefined;
    this.socket = undefined;
    this.open = false;
    this.received = '';
    this.waiting = 0;
    this.release();
    for (let index = 0; index < lost; index++) this.options.onAnswer(undefined, undefined);
    this.options.onClose(lifeMs);
  }

  private release(): void {
    if (this.hold) clearTimeout(this.hold);
    this.hold = undefined;
    this.tired = false;
    this.socket?.unref();
  }

  private read(data: Buffer): void {
    this.received += data.toString('latin1');
    let answer;
    while ((answer = takeAnswer(this.received))) {
      this.received = this.received.slice(answer.length);
      this.waiting--;
      if (this.waiting === 0) this.release();
      this.options.onAnswer(answer.status, answer.retryAfterMs);
    }
  }
}

interface Answer {
  readonly status: number;
  readonly retryAfterMs: number | undefined;
  /** Characters it took. */
  readonly length: number;
}

/** The first whole answer in `text`, as our receiver writes them: with a length or chunked. */
function takeAnswer(text: string): Answer | undefined {
  const end = text.indexOf('\r\n\r\n');
  if (end < 0) return undefined;
  const head = text.slice(0, end);
  const status = Number(/^HTTP\/1\.\d (\d{3})/.exec(head)?.[1] ?? 0);
  const retryAfter = /^retry-after: *(\d+)/im.exec(head)?.[1];
  const body = bodyEnd(text, end + 4, head);
  if (body === undefined) return undefined;
  return { status, retryAfterMs: retryAfter ? Number(retryAfter) * 1000 : undefined, length: body };
}

function bodyEnd(text: string, start: number, head: string): number | undefined {
  if (/^transfer-encoding: *chunked/im.test(head)) {
    const last = /(^|\r\n)0\r\n\r\n/.exec(text.slice(start));
    return last ? start + last.index + last[0].length : undefined;
  }
  const end = start + Number(/^content-length: *(\d+)/im.exec(head)?.[1] ?? 0);
  return end <= text.length ? end : undefined;
}
