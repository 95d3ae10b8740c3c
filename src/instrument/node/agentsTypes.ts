/** What the hook uses of `@openai/agents`, in any of its versions. */

export interface AgentsTrace {
  readonly traceId: string;
  readonly name: string;
  readonly groupId?: string | null;
  readonly metadata?: Readonly<Record<string, unknown>>;
}

export interface AgentsSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentId: string | null;
  readonly spanData: Readonly<Record<string, unknown>> & { readonly type: string };
  readonly traceMetadata?: Readonly<Record<string, unknown>> | undefined;
  readonly error: AgentsError | null;
}

export interface AgentsError {
  readonly message: string;
  readonly data?: Readonly<Record<string, unknown>> | null;
}

export interface AgentsProcessor {
  onTraceStart(trace: AgentsTrace): Promise<void>;
  onTraceEnd(trace: AgentsTrace): Promise<void>;
  onSpanStart(span: AgentsSpan): Promise<void>;
  onSpanEnd(span: AgentsSpan): Promise<void>;
  shutdown(timeout?: number): Promise<void>;
  forceFlush(): Promise<void>;
}

export interface AgentsProvider {
  registerProcessor(processor: AgentsProcessor): void;
  setProcessors(processors: readonly AgentsProcessor[]): void;
  getCurrentSpan?(): AgentsSpan | null;
  getCurrentTrace?(): AgentsTrace | null;
}
