import type {
  Cost,
  Observation,
  ObservationKind,
  ObservationStatus,
  RunLink,
  Score,
  Usage,
} from './observation';
import type { Json } from './value';

export interface GitState {
  readonly commit: string;
  readonly dirty: boolean;
}

/** The version of the readers and of the prices that a derived row came from. */
export interface DerivedBy {
  readonly dialects: number;
  readonly prices: string;
}

/** A trace without its observations or its content: what a list shows. */
export interface TraceSummary {
  readonly traceId: string;
  readonly name: string;
  /** Microseconds since 1970. */
  readonly startTime: number;
  /** Absent while running. */
  readonly endTime?: number;
  readonly status: ObservationStatus;
  readonly sessionId?: string;
  readonly userId?: string;
  readonly tags: readonly string[];
  readonly serviceName?: string;
  readonly environment?: string;
  readonly release?: string;
  /** Each model call counted once; absent where none reported any. */
  readonly usage?: Usage;
  /** Absent where no call has a known price. */
  readonly cost?: Cost;
  /** Calls with usage but no known price: `cost` is then a lower bound. */
  readonly unpricedCalls: number;
  readonly counts: Readonly<Partial<Record<ObservationKind, number>>>;
  readonly observationCount: number;
  /** Failed observations, handled ones included. */
  readonly errorCount: number;
  readonly firstError?: { readonly spanId: string; readonly message: string };
  readonly agents: readonly string[];
  readonly models: readonly string[];
  /** The observation that stands for the trace: its earliest root. */
  readonly rootSpanId: string;
  /** True when some observation is of an AI kind. */
  readonly ai: boolean;
  /** True when some of its spans tell one observation together (`joinRows`). */
  readonly joined?: boolean;
  readonly git?: GitState;
  readonly starred: boolean;
  readonly run?: RunLink;
  /** Microseconds since 1970 of the newest arrival. */
  readonly updatedTime: number;
  readonly derivedBy: DerivedBy;
}

/** A trace as shown and exported. */
export interface Trace extends TraceSummary {
  readonly input?: Json;
  readonly output?: Json;
  readonly metadata?: Readonly<Record<string, Json>>;
  readonly scores: readonly Score[];
}

export interface TraceWithObservations extends Trace {
  readonly observations: readonly Observation[];
}
