import { UserError } from '../base/errors';
import type { Usage } from '../model/observation';
import type { RequestMessage } from './format';

/** What a model answered, whole or as far as it came. */
export interface ModelAnswer {
  /** To be put behind the messages of the request to go on; Responses answers in several. */
  readonly messages: readonly RequestMessage[];
  /** `stop`, `length`, `tool_call`, `content_filter` or the service's own word; absent where it was cut off. */
  readonly finishReason?: string;
  readonly usage?: Usage;
  /** The model that answered. */
  readonly model?: string;
  readonly responseId?: string;
  readonly timeToFirstTokenMs?: number;
  readonly durationMs: number;
  /** The user stopped it. */
  readonly stopped: boolean;
}

/** A piece of a streamed answer. */
export type Delta =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'reasoning'; readonly text: string }
  | {
      readonly type: 'toolCall';
      /** Which of the answer's calls, from 0. */
      readonly index: number;
      readonly name?: string;
      /** A piece of the JSON text of the arguments. */
      readonly arguments: string;
    };

/** A call that failed, with what had been received; its message says what to do. */
export class ModelCallError extends UserError {
  constructor(
    message: string,
    readonly received: ModelAnswer,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** What an interface's stream or body has said so far. */
export interface AnswerContent extends Pick<
  ModelAnswer,
  'messages' | 'finishReason' | 'usage' | 'model' | 'responseId'
> {
  /** What the service said went wrong, in its own form. */
  readonly error?: unknown;
}

/** Puts an answer together from the events of a stream, or from a whole body. */
export interface AnswerReader {
  event(event: unknown): readonly Delta[];
  body(body: unknown): void;
  content(): AnswerContent;
}
