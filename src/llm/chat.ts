import type OpenAI from 'openai';
import { UserError } from '../base/errors';
import { ModelCallError, type AnswerReader, type Delta, type ModelAnswer } from './answer';
import { createChatReader } from './chatAnswer';
import type { Endpoint } from './endpoints';
import { describeFailure } from './failure';
import { fieldsOf, type Fields } from './fields';
import { bodyOf, type ModelRequest } from './request';
import { createResponsesReader } from './responsesAnswer';

export interface CallOptions {
  readonly endpoint: Endpoint;
  /** Stops the call; what had arrived is the answer then. */
  readonly signal?: AbortSignal;
  /** Is told each piece of the answer as it arrives. */
  readonly onDelta?: (delta: Delta) => void;
  /** False asks for the answer in one piece. */
  readonly stream?: boolean;
  /** How long an endpoint may be silent; two minutes unless told. */
  readonly timeoutMs?: number;
}

const usualTimeoutMs = 120_000;

/**
 * Calls a model through Chat Completions or Responses of any OpenAI-compatible endpoint. Rejects
 * with a `ModelCallError` that holds what had been received.
 */
export async function callModel(
  request: ModelRequest,
  { endpoint, signal, onDelta, stream = true, timeoutMs = usualTimeoutMs }: CallOptions,
): Promise<ModelAnswer> {
  const call = new Call(request, endpoint, onDelta);
  const silence = new Silence(timeoutMs, signal);
  try {
    const response = await call.send(stream, silence.signal);
    silence.heard();
    await call.receive(response, silence);
  } catch (error) {
    if (!signal?.aborted) throw call.failed(error, silence.over ? timeoutMs : undefined);
  } finally {
    silence.end();
  }
  if (signal?.aborted) return call.answer(true);
  if (silence.over) throw call.failed(undefined, timeoutMs);
  return call.finished();
}

/** The names of the models that an endpoint offers, in order; rejects with a `UserError`. */
export async function listModels(endpoint: Endpoint, signal?: AbortSignal): Promise<string[]> {
  try {
    const client = await openClient(endpoint);
    const names: string[] = [];
    for await (const { id } of client.models.list({ signal, timeout: 20_000 })) names.push(id);
    return names.sort();
  } catch (error) {
    const failure = { endpoint, error, model: 'a list of models', begun: false };
    throw new UserError(describeFailure(failure), { cause: error });
  }
}

class Call {
  private readonly start = performance.now();
  private readonly reader: AnswerReader;
  private firstMs: number | undefined;

  constructor(
    private readonly request: ModelRequest,
    private readonly endpoint: Endpoint,
    private readonly onDelta: ((delta: Delta) => void) | undefined,
  ) {
    this.reader = request.api === 'chat' ? createChatReader() : createResponsesReader();
  }

  async send(stream: boolean, signal: AbortSignal): Promise<Response> {
    const client = await openClient(this.endpoint);
    const body = stream ? streamed(bodyOf(this.request), this.request) : bodyOf(this.request);
    const path = this.request.api === 'chat' ? '/chat/completions' : '/responses';
    return client.post(path, { body: { ...body }, signal, stream }).asResponse();
  }

  /** A service may answer in one piece though it was asked for a stream. */
  async receive(response: Response, silence: Silence): Promise<void> {
    if (!/event-stream/.test(response.headers.get('content-type') ?? '')) {
      this.reader.body(await bodyIn(response));
      return;
    }
    const { Stream } = await import('openai/streaming');
    for await (const event of Stream.fromSSEResponse<unknown>(response, silence.controller)) {
      silence.heard();
      for (const delta of this.reader.event(event)) {
        this.firstMs ??= performance.now() - this.start;
        this.onDelta?.(delta);
      }
    }
  }

  answer(stopped = false): ModelAnswer {
    const { error: _error, ...content } = this.reader.content();
    const durationMs = performance.now() - this.start;
    return { ...content, timeToFirstTokenMs: this.firstMs, durationMs, stopped };
  }

  /** The answer, which must have come to its end. */
  finished(): ModelAnswer {
    const { error, finishReason } = this.reader.content();
    if (error !== undefined) throw this.failed({ error });
    if (finishReason === undefined) throw this.failed(undefined);
    if (finishReason !== 'content_filter') return this.answer();
    throw new ModelCallError(
      `The content filter of '${this.endpoint.name}' stopped the answer. What had arrived is kept; change the messages.`,
      this.answer(),
    );
  }

  failed(error: unknown, timeoutMs?: number): ModelCallError {
    const received = this.answer();
    const begun = received.messages.length > 0 || error === undefined;
    const { endpoint, request } = this;
    const model = request.model === '' ? 'this model' : `the model '${request.model}'`;
    const message = describeFailure({ endpoint, model, error, begun, timeoutMs });
    return new ModelCallError(message, received, { cause: error });
  }
}

/** Chat Completions counts tokens at the end of a stream only if asked to. */
function streamed(body: Fields, { api, parameters }: ModelRequest): Fields {
  if (api === 'responses') return { ...body, stream: true };
  const options = { include_usage: true, ...fieldsOf(parameters.stream_options) };
  return { ...body, stream: true, stream_options: options };
}

async function bodyIn(response: Response): Promise<unknown> {
  const text = await response.text();
  try {
    return JSON.parse(text) as unknown;
  } catch {
    const start = text.trim().slice(0, 60);
    throw new Error(`it answered with no JSON ('${start}…'). Look at the address: most end in /v1`);
  }
}

async function openClient({ url, key }: Endpoint): Promise<OpenAI> {
  const { default: Client } = await import('openai');
  return new Client({
    baseURL: url,
    apiKey: key ?? 'none',
    // What the environment says is meant for OpenAI, not for every endpoint.
    ...{ organization: null, project: null, webhookSecret: null, adminAPIKey: null },
    ...(key === undefined && { defaultHeaders: { Authorization: null } }),
    ...{ maxRetries: 0, timeout: 86_400_000, logLevel: 'off' },
  });
}

/** Ends a call whose endpoint says nothing for too long, or whose user has had enough. */
class Silence {
  readonly controller = new AbortController();
  over = false;
  private timer: NodeJS.Timeout | undefined;
  private readonly stop = () => this.controller.abort();

  constructor(
    private readonly limitMs: number,
    private readonly outer: AbortSignal | undefined,
  ) {
    outer?.addEventListener('abort', this.stop);
    if (outer?.aborted) this.stop();
    this.heard();
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  heard(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.over = true;
      this.controller.abort();
    }, this.limitMs);
  }

  end(): void {
    clearTimeout(this.timer);
    this.outer?.removeEventListener('abort', this.stop);
  }
}
