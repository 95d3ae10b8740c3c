import { randomBytes } from 'node:crypto';

/** OTLP/JSON requests for tests of the command line. */

export interface SpanSketch {
  readonly traceId: string;
  readonly spanId?: string;
  readonly parentSpanId?: string;
  readonly name: string;
  /** Milliseconds from the start of the trace. */
  readonly start?: number;
  readonly end?: number | 'running';
  readonly attributes?: Readonly<Record<string, string | number>>;
  readonly failed?: string;
}

const base = 1_790_000_000_000;

export function newTraceId(): string {
  return randomBytes(16).toString('hex');
}

export function newSpanId(): string {
  return randomBytes(8).toString('hex');
}

export function requestOf(spans: readonly SpanSketch[], service = 'test'): object {
  return {
    resourceSpans: [
      {
        resource: { attributes: attributesOf({ 'service.name': service }) },
        scopeSpans: [{ scope: { name: 'test' }, spans: spans.map(spanOf) }],
      },
    ],
  };
}

function spanOf(sketch: SpanSketch): object {
  const { traceId, spanId = newSpanId(), parentSpanId, name, start = 0, end = start + 10 } = sketch;
  return {
    ...{ traceId, spanId, parentSpanId, name, kind: 1 },
    startTimeUnixNano: `${base + start}000000`,
    endTimeUnixNano: end === 'running' ? '0' : `${base + end}000000`,
    attributes: attributesOf(sketch.attributes ?? {}),
    status: sketch.failed === undefined ? {} : { code: 2, message: sketch.failed },
  };
}

function attributesOf(values: Readonly<Record<string, string | number>>): object[] {
  return Object.entries(values).map(([key, value]) => ({
    key,
    value: typeof value === 'string' ? { stringValue: value } : { intValue: String(value) },
  }));
}

export async function send(url: string, body: object): Promise<Response> {
  return fetch(`${url}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}

/** An agent with a model call and a tool that fails. */
export function agentTrace(traceId = newTraceId()): readonly SpanSketch[] {
  const root = newSpanId();
  return [
    {
      ...{ traceId, spanId: root, name: 'invoke_agent helper', start: 0, end: 100 },
      attributes: { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.agent.name': 'helper' },
    },
    {
      ...{ traceId, parentSpanId: root, name: 'chat gpt-5-mini', start: 5, end: 60 },
      attributes: {
        'gen_ai.operation.name': 'chat',
        'gen_ai.provider.name': 'openai',
        'gen_ai.request.model': 'gpt-5-mini',
        'gen_ai.response.model': 'gpt-5-mini',
        'gen_ai.usage.input_tokens': 1000,
        'gen_ai.usage.output_tokens': 100,
        'gen_ai.input.messages': JSON.stringify([
          { role: 'user', parts: [{ type: 'text', content: 'Tide at Brest?' }] },
        ]),
        'gen_ai.output.messages': JSON.stringify([
          { role: 'assistant', parts: [{ type: 'text', content: '4.2 m' }], finish_reason: 'stop' },
        ]),
      },
    },
    {
      ...{ traceId, parentSpanId: root, name: 'execute_tool tide', start: 60, end: 90 },
      attributes: {
        'gen_ai.operation.name': 'execute_tool',
        'gen_ai.tool.name': 'tide',
        'gen_ai.tool.call.arguments': '{"port":"Brest"}',
      },
      failed: 'no such port',
    },
  ];
}
