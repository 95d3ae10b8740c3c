import type { IncomingMessage, ServerResponse } from 'node:http';
import { toError } from '../base/errors';
import {
  deliver,
  Overloaded,
  type Budget,
  type Delivery,
  type Limits,
  type ReceiverOptions,
} from './delivery';
import { encodeExportResponse, encodeStatus, exportResponseJson } from './encode';
import { drain, encodingOf, Hold, inflateBody, readBody } from './httpBody';
import { formatOf, refuseCaller, routeOf } from './httpGuard';
import { grpcCodeOf, overloaded, Refusal, shownPath, type RefusalLog } from './refusal';

export interface RequestOptions extends ReceiverOptions {
  readonly allowedHosts?: readonly string[];
  readonly token?: string;
  readonly limits: Limits;
  readonly budget: Budget;
  readonly refusals: RefusalLog;
}

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string | Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Answers the requests of all sockets of one receiver. */
export class HttpRequests {
  private readonly open = new Set<ServerResponse>();

  constructor(private readonly options: RequestOptions) {}

  answer(request: IncomingMessage, response: ServerResponse): void {
    this.open.add(response);
    response.on('close', () => this.open.delete(response));
    const hold = new Hold(this.options.budget);
    this.answerOf(request, hold)
      .catch((error: unknown) => this.failureOf(error))
      .then((answer) => {
        if (answer instanceof Refusal) this.refuse(request, response, answer);
        else if (answer) send(response, answer);
      })
      .catch((error: unknown) => {
        this.options.log.error(toError(error));
        response.destroy();
      })
      .finally(() => hold.release());
  }

  /** Waits until nothing is being answered, but not for longer than this. */
  async settled(longestMs: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const closing = [...this.open].map(
      (response) => new Promise((resolve) => response.once('close', resolve)),
    );
    const late = new Promise((resolve) => (timer = setTimeout(resolve, longestMs)));
    await Promise.race([Promise.all(closing), late]);
    clearTimeout(timer);
  }

  /** Undefined when the sender has gone. */
  private async answerOf(
    request: IncomingMessage,
    hold: Hold,
  ): Promise<Answer | Refusal | undefined> {
    const { allowedHosts = [], token } = this.options;
    const guard = { port: request.socket.localPort ?? 0, allowedHosts, token };
    const refused = refuseCaller(request, guard);
    if (refused) return refused;
    const route = routeOf(request, guard);
    if (route instanceof Refusal) return route;
    if (route.kind === 'constant') return jsonAnswer(route.value);
    const format = formatOf(request.headers);
    if (format instanceof Refusal) return format;
    const body = await this.bodyOf(request, hold);
    if (!Buffer.isBuffer(body)) return body;
    if (route.kind === 'signal')
      return this.deliver({ signal: route.signal, format, body, runId: route.runId });
    return format === 'json' ? this.call(body) : new Refusal(415, 'A call is JSON');
  }

  private async bodyOf(
    request: IncomingMessage,
    hold: Hold,
  ): Promise<Buffer | Refusal | undefined> {
    const encoding = encodingOf(request.headers['content-encoding']);
    if (encoding instanceof Refusal) return encoding;
    const limits = { limit: this.options.limits.bodyBytes, hold };
    const body = await readBody(request, limits);
    return Buffer.isBuffer(body) ? inflateBody(body, encoding.inflate, limits) : body;
  }

  private async deliver(delivery: Delivery): Promise<Answer | Refusal> {
    const { signal, format } = delivery;
    const taken = await deliver(delivery, this.options);
    if ('malformed' in taken) return new Refusal(400, taken.malformed);
    const { rejected, problem } = taken;
    if (problem !== '') this.options.refusals.write(problem);
    if (format === 'json') return jsonAnswer(exportResponseJson(signal, rejected, problem));
    const response = encodeExportResponse(rejected, problem);
    return { status: 200, type: 'application/x-protobuf', body: response };
  }

  private async call(body: Buffer): Promise<Answer | Refusal> {
    const { handler } = this.options;
    if (!handler.call) return new Refusal(404, 'Nobody answers calls here');
    let message: unknown;
    try {
      message = JSON.parse(body.toString('utf8'));
    } catch {
      return new Refusal(400, 'The call is not JSON');
    }
    return jsonAnswer((await handler.call(message)) ?? null);
  }

  /** Whatever keeps the store from committing, the sender holds what it sent and comes again. */
  private failureOf(error: unknown): Refusal {
    if (!(error instanceof Overloaded)) this.options.log.error(toError(error));
    return overloaded();
  }

  private refuse(request: IncomingMessage, response: ServerResponse, refusal: Refusal): void {
    const { method = '', url = '' } = request;
    const { status, message } = refusal;
    this.options.refusals.write(`Refused ${method} ${shownPath(url)} with ${status}: ${message}`);
    const code = grpcCodeOf(refusal);
    const { headers } = refusal;
    if (formatOf(request.headers) === 'protobuf') {
      const body = encodeStatus(code, message);
      send(response, { status, type: 'application/x-protobuf', body, headers });
    } else {
      const body = JSON.stringify({ code, message });
      send(response, { status, type: 'application/json', body, headers });
    }
    drain(request);
  }
}

function jsonAnswer(value: unknown): Answer {
  return { status: 200, type: 'application/json', body: JSON.stringify(value) };
}

function send(response: ServerResponse, { status, type, body, headers }: Answer): void {
  if (response.destroyed) return;
  response.writeHead(status, {
    'Content-Type': type,
    'Content-Length': Buffer.byteLength(body),
    'X-Content-Type-Options': 'nosniff',
    ...headers,
  });
  response.end(body);
}
