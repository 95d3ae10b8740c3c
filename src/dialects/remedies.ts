import type { FindingId } from './doctor';

/** What to change where, by the name of the instrumentation (its scope). */
export interface Remedy {
  readonly change: string;
  readonly environment?: Readonly<Record<string, string>>;
}

type Remedies = readonly (readonly [scope: RegExp, remedy: Remedy])[];

const capture = 'OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT';

function variable(name: string, value: string): Remedy {
  return { change: `Set ${name}=${value}.`, environment: { [name]: value } };
}

const traceloop =
  /^(?:@traceloop\/|traceloop|opentelemetry\.instrumentation\.(?!openai_v2|google))/;
const content: Remedies = [
  [/^pydantic-ai$/, { change: 'Pass include_content=True to instrument_pydantic_ai().' }],
  [/^logfire\.openai_agents$/, variable('OPENAI_AGENTS_TRACE_INCLUDE_SENSITIVE_DATA', '1')],
  [
    /^(?:openinference\.|@arizeai\/)/,
    { change: 'Remove OPENINFERENCE_HIDE_INPUTS and OPENINFERENCE_HIDE_OUTPUTS.' },
  ],
  [
    /^(?:ai|gen_ai)$/,
    { change: 'Set recordInputs: true and recordOutputs: true in the telemetry settings.' },
  ],
  [/^langfuse-sdk$/, { change: 'Leave capture_input and capture_output of @observe switched on.' }],
  [
    /^agent_framework/,
    {
      change: 'Call configure_otel_providers(enable_sensitive_data=True).',
      environment: { ENABLE_SENSITIVE_DATA: 'true' },
    },
  ],
  [
    /^(?:semantic_kernel|Microsoft\.SemanticKernel)/,
    {
      change:
        'Set SEMANTICKERNEL_EXPERIMENTAL_GENAI_ENABLE_OTEL_DIAGNOSTICS_SENSITIVE=true and export logs too: its messages are log records.',
      environment: { SEMANTICKERNEL_EXPERIMENTAL_GENAI_ENABLE_OTEL_DIAGNOSTICS_SENSITIVE: 'true' },
    },
  ],
  [
    /^gcp\.vertex\.agent$/,
    {
      change: `Set ${capture}=SPAN_ONLY and OTEL_SEMCONV_STABILITY_OPT_IN=gen_ai_latest_experimental.`,
      environment: {
        [capture]: 'SPAN_ONLY',
        OTEL_SEMCONV_STABILITY_OPT_IN: 'gen_ai_latest_experimental',
      },
    },
  ],
  [/^copilot-chat$/, { change: 'Switch on the setting github.copilot.chat.otel.captureContent.' }],
  [/claude_code/, variable('OTEL_LOG_USER_PROMPTS', '1')],
  [traceloop, variable('TRACELOOP_TRACE_CONTENT', 'true')],
];

const tokens: Remedies = [
  [
    /langchain|langsmith/i,
    { change: 'Stream with ChatOpenAI(stream_usage=True) (JavaScript: streamUsage: true).' },
  ],
  [/^(?:ai|gen_ai)$/, { change: 'Create a compatible provider with includeUsage: true.' }],
];

const session: Remedies = [
  [
    /^(?:glassbox|logfire\.openai_agents)$/,
    {
      change:
        'Pass RunConfig(group_id="…") to Runner.run (JavaScript: new Runner({ groupId: "…" })).',
    },
  ],
  [/^pydantic-ai$/, { change: 'Pass conversation_id="…" to agent.run().' }],
  [/^langfuse-sdk$/, { change: 'Wrap the calls in propagate_attributes(session_id="…").' }],
  [/^openinference\./, { change: 'Wrap the calls in using_session("…").' }],
  [/^@arizeai\//, { change: 'Run the calls in setSession(context.active(), { sessionId: "…" }).' }],
  [/^(?:ai|gen_ai)$/, { change: 'Put sessionId into the metadata of the telemetry settings.' }],
  [/^langsmith$/, { change: 'Pass config={"metadata": {"thread_id": "…"}} to invoke().' }],
  [traceloop, { change: 'Call Traceloop.set_association_properties({"session_id": "…"}).' }],
];

const general: Readonly<Record<FindingId, Remedy>> = {
  'no-content': variable(capture, 'true'),
  'no-tokens': {
    change: 'Ask for them in streams: stream_options={"include_usage": True}.',
  },
  'counted-twice': {
    change: 'Keep one of the two: leave out the call that instruments the other.',
  },
  'unknown-convention': {
    change:
      'Use the GenAI names: gen_ai.operation.name, gen_ai.request.model, gen_ai.input.messages, gen_ai.output.messages, gen_ai.usage.input_tokens, gen_ai.usage.output_tokens.',
  },
  'no-session': { change: 'Set the attribute session.id or gen_ai.conversation.id on the spans.' },
  'loose-logs': { change: 'Export spans beside the logs.' },
  cut: {
    change: 'Raise OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT and OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT.',
    environment: { OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT: '10000' },
  },
  'no-price': { change: 'Add the model to the setting glassbox.prices.' },
};

const special: Partial<Readonly<Record<FindingId, Remedies>>> = {
  ...{ 'no-content': content, 'no-tokens': tokens, 'no-session': session },
};

/** The change for one instrumentation, or what holds for all of them. */
export function remedyOf(finding: FindingId, scope: string): Remedy {
  const known = special[finding]?.find(([pattern]) => pattern.test(scope));
  return known?.[1] ?? general[finding];
}
