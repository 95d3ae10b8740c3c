/** What a script sees of a request, the same for Chat Completions and Responses. */
export interface ModelRequest {
  readonly api: 'chat' | 'responses' | 'embeddings';
  readonly model: string;
  readonly stream: boolean;
  /** System and developer messages and `instructions`, in order, joined by an empty line. */
  readonly system: string;
  /** The conversation without system messages, the history of `previous_response_id` included. */
  readonly messages: readonly ScriptMessage[];
  readonly lastUserText: string;
  /** What tools answered since the last user message; arguments and output parsed where they are JSON. */
  readonly toolResults: readonly {
    readonly id: string;
    readonly name?: string;
    readonly arguments: unknown;
    readonly output: unknown;
  }[];
  /** Function tools `{name, description, parameters}`, whichever form the request had. */
  readonly tools: readonly { readonly name?: string; readonly [field: string]: unknown }[];
  /** The JSON schema the answer must follow, where the request names one. */
  readonly schemaName?: string;
  readonly schema?: unknown;
  /** From `Authorization: Bearer` or `api-key`. */
  readonly apiKey?: string;
  /** How many requests this server was sent before. */
  readonly index: number;
  /** The body as it was sent. */
  readonly body: Readonly<Record<string, unknown>>;
}

export interface ScriptMessage {
  readonly role: 'user' | 'assistant' | 'tool';
  readonly text: string;
  readonly toolCalls: readonly {
    readonly id: string;
    readonly name: string;
    readonly arguments: string;
  }[];
  readonly toolCallId?: string;
}

/** A failure: an HTTP status, a name, `disconnect` (the connection closes unanswered), or all said. */
export type ModelError =
  | number
  | 'quota'
  | 'content_filter'
  | 'context_length'
  | 'disconnect'
  | {
      readonly status: number;
      readonly type?: string;
      readonly code?: string | null;
      readonly param?: string | null;
      readonly message?: string;
      readonly retryAfterSeconds?: number;
      readonly headers?: Readonly<Record<string, string>>;
    };

/** What the model says; everything may be left out, and a plain string is `{ text }`. */
export interface ModelAnswer {
  readonly text?: string;
  /** A value sent as JSON text: a structured output. */
  readonly json?: unknown;
  readonly refusal?: string;
  /** Called in parallel; a text as `arguments` is sent as it is, even where it is not JSON. */
  readonly toolCalls?: readonly {
    readonly name: string;
    readonly arguments?: unknown;
    readonly id?: string;
  }[];
  /** The thinking: a text (shown where a summary is asked for) or only its count of tokens. */
  readonly reasoning?: string | number;
  /** Where a chat answer carries the text of the thinking, as other services do. */
  readonly reasoningField?: 'reasoning_content' | 'reasoning';
  readonly finish?: 'length' | 'content_filter';
  /** Token counts instead of the estimated ones; `input` includes `cached`, `output` includes `reasoning`. */
  readonly usage?: {
    readonly input?: number;
    readonly cached?: number;
    readonly output?: number;
    readonly reasoning?: number;
  };
  /** How the text is streamed: the pieces themselves (then `text` may be left out) or their number. */
  readonly chunks?: readonly string[] | number;
  /** Before the first byte. */
  readonly delayMs?: number;
  /** After each part of a stream. */
  readonly chunkDelayMs?: number;
  readonly error?: ModelError;
  /** The answer ends in the middle: the connection is closed after `afterChunks` parts, or at half the body. */
  readonly cut?: boolean;
  /** After how many parts of a stream `error` or `cut` strikes; an error without it comes at once. */
  readonly afterChunks?: number;
}

type Answered = ModelAnswer | string | undefined;

/**
 * A rule of a script. The first one whose `when` holds answers. Texts in `when` are regular expressions
 * without regard to case, but `model` and `api` are compared as they are; `tool` is the name of the tool
 * that answered last. A list of answers is gone through one by one, the last one staying.
 */
export interface ScriptRule {
  readonly when?:
    | ((request: ModelRequest) => boolean)
    | {
        readonly system?: RegExp | string;
        readonly user?: RegExp | string;
        readonly tool?: string;
        readonly schemaName?: RegExp | string;
        readonly model?: RegExp | string;
        readonly api?: ModelRequest['api'];
      };
  readonly answer: OneAnswer | readonly OneAnswer[];
}

type OneAnswer = ModelAnswer | string | ((request: ModelRequest) => Answered | Promise<Answered>);

/** Requests no rule answers get status 400 with the code `no_rule`. */
export type ModelScript =
  readonly ScriptRule[] | ((request: ModelRequest) => Answered | Promise<Answered>);

export interface ModelServerOptions {
  /** Left out: an echo, and models named `fault-401`, `fault-slow`… that fail so. */
  readonly script?: ModelScript;
  /** 0, the default, takes a free one. */
  readonly port?: number;
  readonly host?: string;
  /** Ids are the same for the same seed and order of requests. */
  readonly seed?: string;
  /** The shortest prompt prefix, in tokens, that counts as cached when seen again; 1024 as at OpenAI. */
  readonly cacheFrom?: number;
  /** What `GET /models` lists. */
  readonly models?: readonly string[];
}

export interface ModelServer {
  /** The base URL, ending in `/v1`. */
  readonly url: string;
  /** The JSON bodies received so far, in order. */
  readonly requests: readonly Record<string, unknown>[];
  /** The same requests with method, path and headers. */
  readonly calls: readonly {
    readonly method: string;
    readonly path: string;
    readonly headers: Readonly<Record<string, string | string[] | undefined>>;
    readonly body: Record<string, unknown>;
  }[];
  close(): Promise<void>;
}

/** Starts a scripted model server on loopback. */
export declare function startModelServer(options?: ModelServerOptions): Promise<ModelServer>;
