import type {
  Cost,
  Join,
  Level,
  Message,
  ObservationKind,
  PromptLink,
  Score,
  Source,
  ToolDefinition,
  Usage,
} from '../model/observation';
import type { LogRecord, Span } from '../model/span';
import type { Json } from '../model/value';

/**
 * One way in which instrumentations say what a span means. A dialect reads what it knows and
 * leaves the rest absent; several may speak on one span, and `observe.ts` merges them field by
 * field in the order of its list. Adding one is a file with a `Dialect` and a line in that list.
 * Readers are total: whatever an attribute holds, nothing is thrown.
 */
export interface Dialect {
  /** As shown beside each field that was read with it. */
  readonly name: string;
  /** True where a span with this dialect belongs to an AI application. */
  readonly ai: boolean;
  /** True when an attribute of this name alone gives the dialect away. Remembered per name. */
  ownsKey(key: string): boolean;
  /** True when an instrumentation scope of this name alone does. Remembered per name. */
  ownsScope(scope: string): boolean;
  /** What a row needs, from scalars; runs for every span at ingest, so it decodes next to nothing. */
  facts(span: Span): Facts;
  /** What a person wants to read. `logs` are those of this span, in order of time. */
  content(span: Span, logs: readonly LogRecord[]): Content;
}

/** The part of an observation's row that a dialect can give. */
export interface Facts {
  /** Said outright. */
  readonly kind?: ObservationKind;
  /** Concluded; counts only where no dialect says the kind outright. */
  readonly likelyKind?: ObservationKind;
  readonly name?: string;
  readonly level?: Level;
  /** Why the span failed. Its presence makes the status `error`, whatever the span's own says. */
  readonly failure?: string;
  readonly statusMessage?: string;
  readonly model?: string;
  readonly requestedModel?: string;
  readonly provider?: string;
  readonly agentName?: string;
  readonly toolName?: string;
  readonly usage?: Usage;
  readonly cost?: Cost;
  readonly timeToFirstTokenMs?: number;
  readonly finishReasons?: readonly string[];
  readonly responseId?: string;
  readonly sessionId?: string;
  readonly userId?: string;
  readonly tags?: readonly string[];
  readonly environment?: string;
  readonly release?: string;
  readonly prompt?: PromptLink;
  readonly traceName?: string;
  readonly join?: Join;
}

/** The content of an observation that a dialect can give. */
export interface Content {
  readonly input?: Json;
  readonly output?: Json;
  readonly inputMessages?: readonly Message[];
  readonly outputMessages?: readonly Message[];
  readonly toolDefinitions?: readonly ToolDefinition[];
  readonly modelParameters?: Readonly<Record<string, Json>>;
  readonly metadata?: Readonly<Record<string, Json>>;
  readonly scores?: readonly Score[];
  readonly source?: Source;
}

/** For dialects that no attribute, or no scope, gives away. */
export const never = (): boolean => false;
