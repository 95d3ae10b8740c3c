import type { Log } from '../base/log';

/** A request that is not served: an HTTP status, and why in one sentence. */
export class Refusal {
  constructor(
    readonly status: number,
    readonly message: string,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {}
}

/** The codes of gRPC that say what the HTTP statuses say. */
const grpcCodes: Readonly<Record<number, number>> = {
  400: 3,
  403: 7,
  404: 5,
  405: 12,
  413: 8,
  415: 3,
  503: 14,
};

/** The code of a `google.rpc.Status`. */
export function grpcCodeOf({ status }: Refusal): number {
  return grpcCodes[status] ?? 2;
}

export function overloaded(): Refusal {
  return new Refusal(503, 'Too much is waiting to be stored; send this again', {
    'Retry-After': '1',
  });
}

export function tooLarge(limit: number): Refusal {
  return new Refusal(413, `A body may have ${limit} bytes, also when it is inflated`);
}

const linesPerWindow = 20;
const windowMs = 10_000;

/** One line a refusal, but no flood of them. */
export class RefusalLog {
  private windowStart = 0;
  private lines = 0;
  private unsaid = 0;

  constructor(
    private readonly log: Log,
    private readonly now: () => number = Date.now,
  ) {}

  write(line: string): void {
    const now = this.now();
    if (now - this.windowStart >= windowMs) {
      if (this.unsaid > 0) this.log.warn(`${this.unsaid} more requests were refused`);
      this.windowStart = now;
      this.lines = 0;
      this.unsaid = 0;
    }
    if (this.lines++ < linesPerWindow) this.log.warn(line);
    else this.unsaid++;
  }
}

/** What a stranger sent, fit for a line of a log. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > 120 ? `${text.slice(0, 120)}…` : text);
}

/** A path for the log: without its query, and without the token that opens calls. */
export function shownPath(url: string): string {
  const [path = ''] = url.split('?', 1);
  return quoted(path.replace(/^\/w\/[^/]+/, '/w/…'));
}
