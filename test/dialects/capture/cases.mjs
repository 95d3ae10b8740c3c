/** What is captured, by fixture name; `live` exports to Logfire's own address. */
export const cases = {
  'logfire-agents/handoff': { file: 'agents_logfire.py', args: ['handoff'] },
  'logfire-agents/chat': { file: 'agents_logfire.py', args: ['chat'] },
  'logfire-agents/streamed': { file: 'agents_logfire.py', args: ['streamed'] },
  'logfire-agents/guardrail': { file: 'agents_logfire.py', args: ['guardrail'] },
  'logfire-agents/model-error': { file: 'agents_logfire.py', args: ['model-error'] },
  'logfire-agents/live': { file: 'agents_logfire.py', args: ['handoff'], live: true },
  'logfire-openai/latest': { file: 'openai_logfire.py', args: ['latest'] },
  'logfire-openai/version-1': { file: 'openai_logfire.py', args: ['1'] },
  'genai/openai-v2-old': {
    file: 'openai_genai.py',
    env: { OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT: 'true' },
  },
  'genai/openai-v2-latest': {
    file: 'openai_genai.py',
    env: {
      OTEL_SEMCONV_STABILITY_OPT_IN: 'gen_ai_latest_experimental',
      OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT: 'SPAN_ONLY',
    },
  },
  'genai/openai-v2-events': {
    file: 'openai_genai.py',
    env: {
      OTEL_SEMCONV_STABILITY_OPT_IN: 'gen_ai_latest_experimental',
      OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT: 'EVENT_ONLY',
      OTEL_INSTRUMENTATION_GENAI_EMIT_EVENT: 'true',
    },
  },
};
