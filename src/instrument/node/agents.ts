import { SpanKind, type Attributes, type Span } from '@opentelemetry/api';
import { describeEnd, describeError, describeModelCall, describeStart } from './agentsContent';
import type { RunningTool } from './agentsTools';
import type { AgentsProcessor, AgentsSpan, AgentsTrace } from './agentsTypes';
import { nowMs } from './clock';
import { Content } from './content';
import { idOf } from './ids';
import type { ModelCall } from './modelCall';
import { failureOf } from './openaiClient';
import { outerPlace } from './places';
import type { Failure, Recorder, SpanPlace } from './recorder';
import { sourceAttributes } from './sourceFrame';

/**
 * The spans of `@openai/agents` as ours. Its trace becomes the root, a `chain`; its `task` and
 * `turn` spans are folded away, because they only repeat what the root and the order of the
 * calls show, with token sums that would be counted twice.
 */

interface TraceState {
  readonly root: AgentSpanState;
  readonly name: string;
  /** Spans that run, by the SDK's id. */
  readonly spans: Map<string, AgentSpanState>;
  running: number;
}

interface AgentSpanState {
  /** Absent for folded spans. */
  span: Span | undefined;
  readonly place: SpanPlace;
  readonly above: AgentSpanState | undefined;
  readonly data: AgentsSpan['spanData'] | undefined;
  /** What the openai client sent for this generation. */
  call?: ModelCall | undefined;
  input?: string | undefined;
  output?: string | undefined;
  instructions?: unknown;
  /** What a tool threw; the SDK keeps only a sentence about it. */
  thrown?: unknown;
  agentName?: string | undefined;
}

const folded = new Set(['task', 'turn']);
const modelCalls = new Set(['generation', 'response', 'transcription', 'speech']);

export class AgentsRecorder implements AgentsProcessor {
  private readonly traces = new Map<string, TraceState>();

  constructor(private readonly recorder: Recorder) {}

  async onTraceStart(trace: AgentsTrace): Promise<void> {
    guard(() => this.traceOf(trace.traceId, trace));
  }

  async onTraceEnd(trace: AgentsTrace): Promise<void> {
    guard(() => {
      const state = this.traces.get(trace.traceId);
      this.traces.delete(trace.traceId);
      if (state) this.endRoot(state, undefined);
    });
  }

  async onSpanStart(span: AgentsSpan): Promise<void> {
    guard(() => this.begin(span));
  }

  async onSpanEnd(span: AgentsSpan): Promise<void> {
    guard(() => this.end(span));
  }

  /** Spans leave when they end; there is nothing to wait for, also not when processors change. */
  async shutdown(): Promise<void> {}

  async forceFlush(): Promise<void> {}

  /** The place under the SDK's current span, and the generation to adopt a call for. */
  placeOf(span: AgentsSpan | null, trace: AgentsTrace | null) {
    const state = this.traces.get(span?.traceId ?? trace?.traceId ?? '');
    if (!state) return undefined;
    const current = (span && state.spans.get(span.spanId)) || state.root;
    const generation = current.data && modelCalls.has(current.data.type) && current.span;
    return {
      parent: current.place,
      adopt: generation ? (call: ModelCall) => this.adopt(current, call) : undefined,
    };
  }

  /** The tool that runs right now, where the current span is one. */
  toolOf(span: AgentsSpan | null): RunningTool | undefined {
    const state = span && this.traces.get(span.traceId)?.spans.get(span.spanId);
    const running = state?.span;
    if (!running || state.data?.type !== 'function') return undefined;
    return {
      started: (attributes) => guard(() => this.recorder.update(running, attributes)),
      threw: (error) => void (state.thrown = error),
    };
  }

  private adopt(state: AgentSpanState, call: ModelCall): boolean {
    if (!state.span?.isRecording()) return false;
    state.call = call;
    state.span.updateName(`${call.operation} ${call.model ?? ''}`.trim());
    this.recorder.update(state.span, call.startAttributes());
    for (let above = state.above; above; above = above.above) {
      above.input ??= call.lastUserText();
      if (above.data?.type !== 'agent') continue;
      above.instructions ??= call.instructions();
      break;
    }
    return true;
  }

  private traceOf(traceId: string, trace?: AgentsTrace): TraceState {
    const known = this.traces.get(traceId);
    if (known) return known;
    const parent = outerPlace();
    const place = {
      traceId: parent?.traceId ?? idOf(traceId, 32),
      spanId: idOf(traceId, 32).slice(16),
    };
    const name = trace?.name ?? 'Agent workflow';
    const state: TraceState = {
      root: { span: undefined, place, above: undefined, data: undefined },
      name,
      spans: new Map(),
      running: 0,
    };
    this.traces.set(traceId, state);
    this.startRoot(state, { trace, parent });
    return state;
  }

  private startRoot(
    state: TraceState,
    { trace, parent }: { trace?: AgentsTrace | undefined; parent?: SpanPlace | undefined },
  ): void {
    const metadata = trace?.metadata;
    const content = new Content().set('glassbox.observation.kind', 'chain');
    content.set('gen_ai.operation.name', 'invoke_workflow').set('gen_ai.workflow.name', state.name);
    content.set('glassbox.trace.name', state.name);
    if (trace?.groupId) content.set('session.id', trace.groupId);
    if (metadata && Object.keys(metadata).length > 0) content.json('glassbox.metadata', metadata);
    if (trace) content.set('openai.agents.trace_id', trace.traceId);
    state.root.span = this.recorder.start({
      name: state.name,
      startMs: nowMs(),
      parent,
      ...state.root.place,
      attributes: { ...content.attributes, ...sourceAttributes() },
    });
  }

  private begin(span: AgentsSpan): void {
    const trace = this.traceOf(span.traceId);
    const above = (span.parentId && trace.spans.get(span.parentId)) || trace.root;
    const { spanData: data } = span;
    trace.running++;
    if (folded.has(data.type)) {
      trace.spans.set(span.spanId, { span: undefined, place: above.place, above, data });
      return;
    }
    const { name, attributes } = describeStart(data);
    const place = { traceId: above.place.traceId, spanId: idOf(span.spanId, 16) };
    const agentName = agentNameOf(above);
    const started = this.recorder.start({
      name,
      role: modelCalls.has(data.type) ? SpanKind.CLIENT : SpanKind.INTERNAL,
      startMs: nowMs(),
      parent: above.place,
      spanId: place.spanId,
      attributes: {
        ...(agentName ? { 'gen_ai.agent.name': agentName } : {}),
        ...attributes,
        ...(data.type === 'agent' || modelCalls.has(data.type) ? sourceAttributes() : {}),
      },
    });
    trace.spans.set(span.spanId, { span: started, place, above, data });
    if (data.type === 'function') queueMicrotask(() => this.reportInput(started, data));
  }

  /** The SDK fills in a tool's input right after it has started the span. */
  private reportInput(span: Span, data: AgentsSpan['spanData']): void {
    guard(() => {
      if (!data['input'] || !span.isRecording()) return;
      const content = new Content().jsonOrText('glassbox.input', data['input']);
      this.recorder.update(span, content.attributes);
    });
  }

  private end(span: AgentsSpan): void {
    const trace = this.traces.get(span.traceId);
    const state = trace?.spans.get(span.spanId);
    if (!trace || !state) return;
    trace.spans.delete(span.spanId);
    trace.running--;
    const thrown = state.thrown === undefined ? undefined : failureOf(state.thrown);
    const failure = span.error ? (thrown ?? describeError(span.error)) : undefined;
    if (state.span) this.finish(state, span.spanData, failure);
    // A run that throws never ends its trace, so the last span to end with an error does.
    if (failure && trace.running === 0) this.endRoot(trace, failure);
  }

  private finish(
    state: AgentSpanState,
    data: AgentsSpan['spanData'],
    failure: Failure | undefined,
  ): void {
    const { span, call } = state;
    if (!span) return;
    if (modelCalls.has(data.type)) {
      const attributes = call ? call.endAttributes() : describeModelCall(data);
      span.setAttributes(attributes);
      if (call) passUp(state, call.answerText());
      const model = attributes['gen_ai.request.model'] ?? attributes['gen_ai.response.model'];
      if (typeof model === 'string') span.updateName(`chat ${model}`);
    } else span.setAttributes({ ...describeStart(data).attributes, ...describeEnd(data) });
    if (data.type === 'handoff' && typeof data['to_agent'] === 'string') {
      span.updateName(`handoff to ${data['to_agent']}`);
    }
    if (data.type === 'agent') span.setAttributes(this.agentAttributes(state));
    this.recorder.end(span, nowMs(), call?.failure() ?? failure);
  }

  private agentAttributes(state: AgentSpanState): Attributes {
    if (state.above) {
      for (let above: AgentSpanState | undefined = state.above; above; above = above.above) {
        above.input ??= state.input;
        above.output = state.output ?? above.output;
      }
    }
    const content = new Content();
    content.json('glassbox.input', state.input).jsonOrText('glassbox.output', state.output);
    content.json('gen_ai.system_instructions', state.instructions);
    content.json('gen_ai.input.messages', messageOf('user', state.input));
    content.json('gen_ai.output.messages', messageOf('assistant', state.output));
    return content.attributes;
  }

  private endRoot(state: TraceState, failure: Failure | undefined): void {
    const { root } = state;
    if (!root.span?.isRecording()) return;
    const content = new Content();
    content.json('glassbox.input', root.input).jsonOrText('glassbox.output', root.output);
    root.span.setAttributes(content.attributes);
    this.recorder.end(root.span, nowMs(), failure);
  }
}

function passUp(state: AgentSpanState, text: string | undefined): void {
  for (let above = state.above; above; above = above.above) {
    if (above.data?.type !== 'agent') continue;
    // A call that only asks for tools ends nothing.
    above.output = text ?? above.output;
    return;
  }
}

function agentNameOf(state: AgentSpanState | undefined): string | undefined {
  for (let above = state; above; above = above.above) {
    if (above.data?.type === 'agent') return String(above.data['name']);
  }
  return undefined;
}

function messageOf(role: string, content: string | undefined): unknown {
  return content === undefined ? undefined : [{ role, parts: [{ type: 'text', content }] }];
}

function guard(act: () => unknown): void {
  try {
    act();
  } catch {
    // Telemetry may fail; the run may not.
  }
}
