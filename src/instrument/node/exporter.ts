import { handOver } from './handOver';
import { HttpPipe } from './httpPipe';

/**
 * Brings encoded spans to Glassbox: at once while the connection stands, later while it does not,
 * never by holding the process. What is unanswered when the process exits is handed over
 * synchronously and within bounds.
 */

export interface ExporterOptions {
  /** Base address, to which `/v1/traces` is appended. */
  readonly endpoint: string;
  readonly hidden: (start: () => void) => void;
  readonly note: (fact: Readonly<Record<string, string | number>>) => void;
}

/** One encoded request with one span. */
interface Item {
  readonly request: Buffer;
  /** A start report counts as nothing when it is lost. */
  readonly finished: boolean;
  attempts: number;
}

const limits = {
  queueBytes: 96 * 1024 * 1024,
  postBytes: 8 * 1024 * 1024,
  /** Posts written and not yet answered. */
  pipelined: 32,
  attempts: 20,
  /** A connection that lasted this long was not refused in any sense. */
  steadyMs: 1_000,
  firstRetryMs: 50,
  lastRetryMs: 2_000,
  exitMs: 500,
};
const { setTimeout } = globalThis;

export class Exporter {
  private readonly pipe: HttpPipe;
  private queue: Item[] = [];
  private queueBytes = 0;
  private readonly posts: Item[][] = [];
  private retryMs = limits.firstRetryMs;
  private retryTimer: NodeJS.Timeout | undefined;
  /** True while the last connection attempt failed. */
  private gone = false;
  private exported = 0;
  private lost = 0;
  private lostBecause = '';

  constructor(private readonly options: ExporterOptions) {
    this.pipe = new HttpPipe({
      endpoint: new URL(options.endpoint.replace(/\/+$/, '') + '/v1/traces'),
      hidden: options.hidden,
      onOpen: () => {
        this.gone = false;
        this.pump();
      },
      onAnswer: (status, retryAfterMs) => this.answered(status, retryAfterMs),
      onClose: (lifeMs) => this.closed(lifeMs),
    });
    this.pipe.connect();
  }

  /** Takes one encoded request; never throws, never waits. */
  send(request: Buffer, finished: boolean): void {
    this.queue.push({ request, finished, attempts: 0 });
    this.queueBytes += request.byteLength;
    this.shed();
    this.pump();
  }

  /** Hands over what is unanswered and notes what became of the spans; for the end of the process. */
  finish(): void {
    const rest = [...this.posts.flat(), ...this.queue];
    const spans = rest.filter((item) => item.finished).length;
    if (rest.length > 0) {
      const failure = this.gone ? 'receiver is gone' : this.handOverAll(rest);
      if (failure === undefined) this.exported += spans;
      else this.lose(rest, failure);
    }
    if (this.exported > 0) this.options.note({ event: 'exported', spans: this.exported });
    if (this.lost > 0) {
      this.options.note({ event: 'lost', spans: this.lost, reason: this.lostBecause });
    }
  }

  /** Receivers close idle connections; the next one is opened before it is needed. */
  private closed(lifeMs: number | undefined): void {
    this.gone = lifeMs === undefined;
    if (lifeMs !== undefined && lifeMs > limits.steadyMs) this.pipe.connect();
    else this.retryLater(undefined);
  }

  private pump(): void {
    if (!this.pipe.open) {
      if (this.queue.length === 0 || this.retryTimer) return;
      this.pipe.connect();
      if (this.pipe.connecting) this.pipe.keepAlive();
      return;
    }
    while (this.queue.length > 0 && this.posts.length < limits.pipelined && !this.retryTimer) {
      const items = this.take();
      this.posts.push(items);
      this.pipe.post(Buffer.concat(items.map((item) => item.request)));
    }
  }

  /** As many queued items as fit into one post, at least one. */
  private take(): Item[] {
    let bytes = 0;
    let count = 0;
    for (const item of this.queue) {
      bytes += item.request.byteLength;
      if (count > 0 && bytes > limits.postBytes) break;
      count++;
    }
    const items = this.queue.splice(0, count);
    for (const item of items) this.queueBytes -= item.request.byteLength;
    return items;
  }

  private answered(status: number | undefined, retryAfterMs: number | undefined): void {
    const items = this.posts.shift() ?? [];
    if (status !== undefined && status >= 200 && status < 300) {
      this.exported += items.filter((item) => item.finished).length;
      this.retryMs = limits.firstRetryMs;
    } else if (status === undefined || status === 429 || status >= 502) {
      this.putBack(items);
      if (status !== undefined) this.retryLater(retryAfterMs);
    } else this.lose(items, `receiver answered ${status}`);
    this.pump();
  }

  private putBack(items: readonly Item[]): void {
    const again = items.filter((item) => ++item.attempts < limits.attempts);
    this.lose(
      items.filter((item) => item.attempts >= limits.attempts),
      'receiver did not take them',
    );
    this.queue = [...again, ...this.queue];
    for (const item of again) this.queueBytes += item.request.byteLength;
  }

  private retryLater(retryAfterMs: number | undefined): void {
    if (this.retryTimer || this.queue.length === 0) return;
    const delay = Math.min(retryAfterMs ?? this.retryMs, limits.lastRetryMs);
    this.retryMs = Math.min(this.retryMs * 2, limits.lastRetryMs);
    this.retryTimer = setTimeout(() => {
      this.retryTimer = undefined;
      this.pump();
    }, delay);
    this.retryTimer.unref();
  }

  /** The oldest go first where the receiver stays away for too long. */
  private shed(): void {
    while (this.queueBytes > limits.queueBytes && this.queue.length > 1) {
      const [oldest] = this.queue.splice(0, 1);
      if (!oldest) return;
      this.queueBytes -= oldest.request.byteLength;
      this.lose([oldest], 'receiver was away for too long');
    }
  }

  private lose(items: readonly Item[], reason: string): void {
    const spans = items.filter((item) => item.finished).length;
    if (spans === 0) return;
    this.lost += spans;
    this.lostBecause = reason;
  }

  private handOverAll(items: readonly Item[]): string | undefined {
    const url = this.options.endpoint.replace(/\/+$/, '') + '/v1/traces';
    const body = Buffer.concat(items.map((item) => item.request));
    const timeoutMs = this.pipe.tired ? limits.exitMs / 2 : limits.exitMs;
    return handOver({ url, body, timeoutMs });
  }
}
