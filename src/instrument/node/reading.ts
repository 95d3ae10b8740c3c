import type { Attributes } from '@opentelemetry/api';
import type { ServerEvent } from './sse';

/** A message in the shape of the GenAI conventions. */
export interface GenAiMessage {
  readonly role: string;
  readonly name?: string;
  readonly parts: readonly GenAiPart[];
  readonly finish_reason?: string;
}

export type GenAiPart = Readonly<Record<string, unknown>> & { readonly type: string };

/** What a request body says. */
export interface RequestReading {
  readonly attributes: Attributes;
  readonly instructions?: readonly GenAiPart[] | undefined;
  readonly input?: readonly GenAiMessage[] | undefined;
  readonly tools?: readonly unknown[] | undefined;
  /** Everything else that was asked for. */
  readonly parameters?: Readonly<Record<string, unknown>> | undefined;
}

/** What an answer says. */
export interface ResponseReading {
  readonly attributes: Attributes;
  readonly output?: readonly GenAiMessage[] | undefined;
  /** An answer that says of itself that it failed. */
  readonly failure?: { readonly type: string; readonly message: string } | undefined;
}

/** How one interface of a model service is read. */
export interface Interface {
  readonly operation: 'chat' | 'text_completion' | 'embeddings';
  readonly kind: 'generation' | 'embedding';
  readRequest(body: unknown): RequestReading;
  readResponse(body: unknown): ResponseReading;
  /** The whole answer of a stream, as it would have come at once. */
  joinEvents(events: readonly ServerEvent[]): unknown;
  /** True for an event that carries a piece of the answer. */
  isContent(event: unknown): boolean;
}

/** The attributes without the undefined ones. */
export function defined(attributes: Record<string, Attributes[string]>): Attributes {
  return Object.fromEntries(
    Object.entries(attributes).filter(([, value]) => value !== undefined && value !== null),
  );
}
