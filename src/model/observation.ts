import type { Json } from './value';

/** What a span turned out to be. */
export const observationKinds = [
  'agent',
  'generation',
  'tool',
  'retriever',
  'embedding',
  'reranker',
  'guardrail',
  'handoff',
  'evaluator',
  'chain',
  'event',
  'span',
] as const;
export type ObservationKind = (typeof observationKinds)[number];

export const observationStatuses = ['running', 'ok', 'error', 'interrupted'] as const;
export type ObservationStatus = (typeof observationStatuses)[number];

export type Level = 'debug' | 'info' | 'warning' | 'error';

/**
 * Tokens of one model call. `input` includes `cacheRead` and `cacheWrite`, `output` includes
 * `reasoning`. What was not reported is absent, never 0.
 */
export interface Usage {
  readonly input?: number;
  readonly output?: number;
  readonly cacheRead?: number;
  readonly cacheWrite?: number;
  readonly reasoning?: number;
  readonly total?: number;
}

/** US dollars. Absent where the price is not known, never 0. */
export interface Cost {
  readonly input?: number;
  readonly output?: number;
  readonly total?: number;
}

export type Role = 'system' | 'user' | 'assistant' | 'tool';

export type Part =
  | { readonly type: 'text'; readonly text: string }
  /** `text` is absent where the provider hides the reasoning. */
  | { readonly type: 'reasoning'; readonly text?: string }
  | {
      readonly type: 'toolCall';
      readonly id: string;
      readonly name: string;
      readonly arguments: Json;
    }
  | {
      readonly type: 'toolResult';
      readonly id: string;
      readonly name?: string;
      readonly result: Json;
      readonly isError?: boolean;
    }
  /** `data` is base64. */
  | { readonly type: 'media'; readonly mime: string; readonly data?: string; readonly url?: string }
  /** What no reader understood, kept as it came. */
  | { readonly type: 'raw'; readonly value: Json };

export interface Message {
  readonly role: Role;
  readonly name?: string;
  readonly parts: readonly Part[];
}

export interface ToolDefinition {
  readonly name: string;
  readonly description?: string;
  /** JSON schema of the arguments. */
  readonly parameters?: Json;
  /** The definition as the provider was sent it. */
  readonly raw?: Json;
}

/** A judgement of an observation or a trace. */
export interface Score {
  readonly name: string;
  readonly value?: number;
  readonly label?: string;
  readonly comment?: string;
  readonly source: 'human' | 'code' | 'judge' | 'otlp';
}

export interface Source {
  /** As sent: absolute, or relative to the working directory of the process. */
  readonly file: string;
  /** One-based. */
  readonly line?: number;
  readonly function?: string;
}

export interface PromptLink {
  readonly name: string;
  readonly version?: string;
  readonly hash?: string;
}

export interface ObservationEvent {
  readonly name: string;
  /** Microseconds since 1970. */
  readonly time: number;
  readonly attributes: Readonly<Record<string, Json>>;
}

/** How an observation belongs to a run of ours; absent for spans from elsewhere. */
export interface RunLink {
  readonly runId?: string;
  readonly experimentRunId?: string;
  readonly caseId?: string;
  readonly caseRepeat?: number;
}

/**
 * What ties a span to others of its trace where only together they tell one observation. Read from
 * one span alone, resolved over all of them by `joinRows`.
 */
export type Join =
  /** A call whose answer may come as an observation of its own, beside it and with the same `call`. */
  | { readonly part: 'request'; readonly call: string }
  /** Such an answer; `since` is when it began to arrive, in microseconds since 1970. */
  | { readonly part: 'answer'; readonly call: string; readonly since: number }
  /** Carries scores of the observation with this span id, or of the trace's root without one. */
  | { readonly part: 'scores'; readonly of?: string }
  /** Seen by our own hook: perhaps what an instrumentation beside it has seen too. */
  | { readonly part: 'seen' }
  /** Cannot say that it failed: it has failed when what it did last has. */
  | { readonly part: 'wrapper' };

/**
 * The scalars of an observation: everything but its content. Derived cheaply at ingest and kept
 * as a row, so that lists, trees and filters never touch the payload.
 */
export interface ObservationSummary {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly kind: ObservationKind;
  readonly name: string;
  /** Microseconds since 1970. */
  readonly startTime: number;
  /** Microseconds since 1970; absent while running. */
  readonly endTime?: number;
  readonly status: ObservationStatus;
  readonly level: Level;
  readonly statusMessage?: string;
  /** The model that answered. */
  readonly model?: string;
  readonly requestedModel?: string;
  readonly provider?: string;
  readonly agentName?: string;
  readonly toolName?: string;
  readonly usage?: Usage;
  readonly cost?: Cost;
  /** Milliseconds from the start to the first token. */
  readonly timeToFirstTokenMs?: number;
  readonly finishReasons?: readonly string[];
  readonly responseId?: string;
  readonly sessionId?: string;
  readonly userId?: string;
  readonly tags?: readonly string[];
  readonly environment?: string;
  readonly release?: string;
  readonly serviceName?: string;
  readonly prompt?: PromptLink;
  /** A name this span gives to its whole trace. */
  readonly traceName?: string;
  readonly run?: RunLink;
  readonly join?: Join;
  /** False for ordinary spans (HTTP servers, databases); a trace of only those is folded away. */
  readonly ai: boolean;
}

/** A span as understood. */
export interface Observation extends Omit<ObservationSummary, 'ai' | 'traceName' | 'join'> {
  readonly modelParameters?: Readonly<Record<string, Json>>;
  readonly metadata?: Readonly<Record<string, Json>>;
  readonly input?: Json;
  readonly output?: Json;
  /** For calls in the shape of a chat. */
  readonly inputMessages?: readonly Message[];
  readonly outputMessages?: readonly Message[];
  readonly toolDefinitions?: readonly ToolDefinition[];
  readonly scores?: readonly Score[];
  readonly source?: Source;
  readonly events: readonly ObservationEvent[];
  readonly links: readonly { readonly traceId: string; readonly spanId: string }[];
  /** Field of this observation → the convention it was read from. */
  readonly dialect: Readonly<Record<string, string>>;
  /** All attributes as sent; resource attributes under `resource.`. */
  readonly attributes: Readonly<Record<string, Json>>;
}
