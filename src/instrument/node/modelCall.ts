import type { Attributes } from '@opentelemetry/api';
import { chatCompletions, completions } from './chat';
import { nowMs } from './clock';
import { Content } from './content';
import { embeddings } from './embeddings';
import { fieldsOf, listOf, parseJson, textOf } from './json';
import type { Interface, RequestReading, ResponseReading } from './reading';
import type { Failure } from './recorder';
import { responses } from './responses';
import { readEvents } from './sse';

/** One request to a model service as it went over the wire, and what came back. */

const bodyLimit = 20 * 1024 * 1024;
/** Bodies beyond this are not even kept to be read. */
const keepLimit = 64 * 1024 * 1024;
/** A start report repeats what the end report brings, so it carries only modest requests. */
const startLimit = 256 * 1024;

/** The interface behind an address, or undefined where it is none with tokens. */
export function interfaceOf(url: string): Interface | undefined {
  const path = url.replace(/[?#].*$/, '').replace(/\/+$/, '');
  if (path.endsWith('/chat/completions')) return chatCompletions;
  if (path.endsWith('/responses')) return responses;
  if (path.endsWith('/embeddings')) return embeddings;
  return path.endsWith('/completions') ? completions : undefined;
}

export interface WireRequest {
  readonly url: string;
  readonly body: string;
  readonly api: Interface;
}

export class ModelCall {
  readonly startMs = nowMs();
  status: number | undefined;
  streamed = false;
  /** Why the client gave up, where it did. */
  error: Failure | undefined;
  /** True once the program has begun to read the answer. */
  reading = false;
  private readonly pieces: string[] = [];
  private length = 0;
  private dropped = 0;
  private readonly arrivals: { readonly end: number; readonly ms: number }[] = [];
  private decoder = new TextDecoder();
  private requestReading: RequestReading | undefined;
  private requestSent = false;

  constructor(readonly request: WireRequest) {}

  /** A retry asks anew: what the attempt before it answered no longer counts. */
  restart(): void {
    this.status = undefined;
    this.reading = false;
    this.pieces.length = 0;
    this.arrivals.length = 0;
    this.length = 0;
    this.dropped = 0;
    this.decoder = new TextDecoder();
  }

  chunk(data: Uint8Array | string): void {
    this.reading = true;
    const text = typeof data === 'string' ? data : this.decoder.decode(data, { stream: true });
    if (this.length + text.length > keepLimit) {
      this.dropped += text.length;
      return;
    }
    this.pieces.push(text);
    this.length += text.length;
    this.arrivals.push({ end: this.length, ms: nowMs() });
  }

  get model(): string | undefined {
    return textOf(this.readRequest().attributes['gen_ai.request.model']);
  }

  get operation(): string {
    return this.request.api.operation;
  }

  /** What can be said when the request goes out. */
  startAttributes(): Attributes {
    if (this.request.body.length > startLimit) return this.frameAttributes();
    this.requestSent = true;
    return { ...this.frameAttributes(), ...this.requestContent(new Content()).attributes };
  }

  /** What can be said when the answer has been read, the bodies included. */
  endAttributes(): Attributes {
    const content = new Content();
    content.text('glassbox.request.body', cut(this.request.body));
    content.alreadyCut('glassbox.request.body', this.request.body.length - bodyLimit);
    const body = this.pieces.join('');
    if (body !== '') content.text('glassbox.response.body', cut(body));
    content.alreadyCut('glassbox.response.body', this.dropped + body.length - cut(body).length);
    const answer = this.readAnswer(body);
    content.json('gen_ai.output.messages', answer.output);
    if (!this.requestSent) this.requestContent(content);
    return { ...this.frameAttributes(), ...content.attributes, ...answer.attributes };
  }

  /** Why the call failed; an answer may say of itself that it did. */
  failure(): Failure | undefined {
    return this.error ?? this.readAnswer(this.pieces.join('')).failure;
  }

  /** The latest message the user wrote, which stands for the input of what lies above. */
  lastUserText(): string | undefined {
    const messages = this.readRequest().input ?? [];
    const users = messages.filter((message) => message.role === 'user');
    return partsText(users.at(-1)?.parts);
  }

  /** The text of the answer; undefined where it only calls tools. */
  answerText(): string | undefined {
    return partsText(this.readAnswer(this.pieces.join('')).output?.[0]?.parts);
  }

  instructions(): RequestReading['instructions'] {
    const reading = this.readRequest();
    const system = reading.input?.filter((message) => message.role === 'system') ?? [];
    return reading.instructions ?? (system.length > 0 ? system.flatMap((m) => m.parts) : undefined);
  }

  private frameAttributes(): Attributes {
    const { url, api } = this.request;
    return {
      'glassbox.observation.kind': api.kind,
      'gen_ai.operation.name': api.operation,
      ...serviceAttributes(url),
      ...this.readRequest().attributes,
      ...(this.status === undefined ? {} : { 'http.response.status_code': this.status }),
    };
  }

  private requestContent(content: Content): Content {
    const reading = this.readRequest();
    content.json('gen_ai.input.messages', reading.input);
    content.json('gen_ai.system_instructions', reading.instructions);
    content.json('gen_ai.tool.definitions', reading.tools);
    content.json('glassbox.model.parameters', reading.parameters);
    if (this.request.api.kind === 'embedding') {
      content.json('glassbox.input', fieldsOf(parseJson(this.request.body))['input']);
    }
    return content;
  }

  private readRequest(): RequestReading {
    this.requestReading ??= this.request.api.readRequest(parseJson(this.request.body));
    return this.requestReading;
  }

  private readAnswer(body: string): ResponseReading {
    const { api } = this.request;
    if (body === '') return { attributes: {} };
    if (!this.streamed) return api.readResponse(parseJson(body));
    const events = readEvents(body);
    const reading = api.readResponse(api.joinEvents(events));
    const first = events.find((event) => api.isContent(event.data));
    const arrival = first && this.arrivals.find(({ end }) => end >= first.end - 1);
    if (!arrival) return reading;
    const seconds = Math.max(0, arrival.ms - this.startMs) / 1000;
    return {
      ...reading,
      attributes: { ...reading.attributes, 'gen_ai.response.time_to_first_chunk': seconds },
    };
  }
}

function cut(text: string): string {
  return text.length > bodyLimit ? text.slice(0, bodyLimit) : text;
}

/** The joined text of the parts that are text. */
export function partsText(parts: unknown): string | undefined {
  const texts = listOf(parts).flatMap((part) => {
    const { type, content } = fieldsOf(part);
    return type === 'text' && typeof content === 'string' ? [content] : [];
  });
  return texts.length > 0 ? texts.join('\n') : undefined;
}

const providers: readonly (readonly [RegExp, string])[] = [
  [/\.azure\.com$|\.azure\.us$/, 'azure.ai.openai'],
  [/(^|\.)groq\.com$/, 'groq'],
  [/(^|\.)mistral\.ai$/, 'mistral_ai'],
  [/(^|\.)deepseek\.com$/, 'deepseek'],
  [/(^|\.)x\.ai$/, 'x_ai'],
  [/(^|\.)perplexity\.ai$/, 'perplexity'],
  [/(^|\.)moonshot\.(ai|cn)$/, 'moonshot_ai'],
  [/(^|\.)googleapis\.com$/, 'gcp.gemini'],
  [/(^|\.)anthropic\.com$/, 'anthropic'],
];

/** The provider is a guess from the host; everything compatible counts as `openai`. */
function serviceAttributes(url: string): Attributes {
  try {
    const { hostname, port, protocol } = new URL(url);
    const provider = providers.find(([host]) => host.test(hostname))?.[1] ?? 'openai';
    return {
      'gen_ai.provider.name': provider,
      'server.address': hostname,
      'server.port': Number(port || (protocol === 'https:' ? 443 : 80)),
    };
  } catch {
    return { 'gen_ai.provider.name': 'openai' };
  }
}
