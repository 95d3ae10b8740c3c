import { resolve } from 'node:path';

/**
 * What is captured, by fixture name; `live` exports to Logfire's own address, `env` gets the
 * catcher's. The JavaScript cases need `ai @ai-sdk/openai @ai-sdk/otel zod
 * @opentelemetry/sdk-trace-node @opentelemetry/exporter-trace-otlp-proto`, Genkit's
 * `genkit @genkit-ai/compat-oai`.
 */
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
    env: () => ({ OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT: 'true' }),
  },
  'genai/openai-v2-latest': {
    file: 'openai_genai.py',
    env: () => ({
      OTEL_SEMCONV_STABILITY_OPT_IN: 'gen_ai_latest_experimental',
      OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT: 'SPAN_ONLY',
    }),
  },
  'genai/openai-v2-events': {
    file: 'openai_genai.py',
    env: () => ({
      OTEL_SEMCONV_STABILITY_OPT_IN: 'gen_ai_latest_experimental',
      OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT: 'EVENT_ONLY',
      OTEL_INSTRUMENTATION_GENAI_EMIT_EVENT: 'true',
    }),
  },
  'openinference/openai-agents': { file: 'openinference_agents.py' },
  'openinference/openai': { file: 'openinference_openai.py' },
  'traceloop/openai': { file: 'traceloop_openai.py' },
  'langfuse/openai': {
    file: 'langfuse_openai.py',
    env: (url) => ({ LANGFUSE_BASE_URL: url, LANGFUSE_HOST: url }),
  },
  'pydantic-ai/version-2': { file: 'desk_pydantic.py', args: ['2'] },
  'pydantic-ai/version-5': { file: 'desk_pydantic.py', args: ['5'] },
  'langsmith/langchain': {
    file: 'langchain_desk.py',
    env: (url) => ({
      LANGSMITH_TRACING: 'true',
      LANGSMITH_TRACING_MODE: 'otel',
      LANGSMITH_API_KEY: 'not-a-key',
      LANGSMITH_ENDPOINT: url,
    }),
  },
  'litellm/events': {
    file: 'litellm_calls.py',
    env: (url) => ({
      OTEL_EXPORTER: 'otlp_http',
      OTEL_ENDPOINT: url,
      LITELLM_LOCAL_MODEL_COST_MAP: 'True',
      OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT: 'true',
      LITELLM_OTEL_INTEGRATION_ENABLE_EVENTS: 'true',
    }),
  },
  'litellm/calls': {
    file: 'litellm_calls.py',
    env: (url) => ({
      OTEL_EXPORTER: 'otlp_http',
      OTEL_ENDPOINT: url,
      LITELLM_LOCAL_MODEL_COST_MAP: 'True',
    }),
  },
  'strands/weather': { file: 'strands_desk.py' },
  'smolagents/weather': { file: 'smolagents_desk.py' },
  'mlflow/openai': {
    file: 'mlflow_openai.py',
    env: (url) => ({
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${url}/v1/traces`,
      MLFLOW_EXPERIMENT_ID: '0',
    }),
  },
  'agent-framework/weather': { file: 'agent_framework_desk.py' },
  'semantic-kernel/weather': {
    file: 'semantic_kernel_desk.py',
    env: () => ({
      SEMANTICKERNEL_EXPERIMENTAL_GENAI_ENABLE_OTEL_DIAGNOSTICS: 'true',
      SEMANTICKERNEL_EXPERIMENTAL_GENAI_ENABLE_OTEL_DIAGNOSTICS_SENSITIVE: 'true',
    }),
  },
  'langgraph/openinference': { file: 'langgraph_desk.py', args: ['openinference'] },
  'langgraph/langsmith': {
    file: 'langgraph_desk.py',
    args: ['langsmith'],
    env: (url) => ({
      LANGSMITH_TRACING: 'true',
      LANGSMITH_TRACING_MODE: 'otel',
      LANGSMITH_API_KEY: 'not-a-key',
      LANGSMITH_ENDPOINT: url,
    }),
  },
  'pydantic-evals/greetings': { file: 'pydantic_evals_desk.py' },
  'adk/weather': {
    file: 'adk_desk.py',
    env: () => ({
      LITELLM_LOCAL_MODEL_COST_MAP: 'True',
      OTEL_SEMCONV_STABILITY_OPT_IN: 'gen_ai_latest_experimental',
      OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT: 'SPAN_ONLY',
    }),
  },
  'crewai/weather': { file: 'crewai_desk.py', env: () => ({ CREWAI_DISABLE_TELEMETRY: 'true' }) },
  'genkit/weather': { file: 'genkit.mjs' },
  'vercel/legacy': { file: 'vercel.mjs', args: ['legacy'] },
  'vercel/genai': { file: 'vercel.mjs', args: ['genai'] },
  'glassbox/agents': { file: 'desk.mjs', env: hook },
  'glassbox/guardrail': { file: 'desk.mjs', args: ['guardrail'], env: hook },
};

/** What Run Agent gives to a process; `npm run build:hooks` comes first. */
function hook(url) {
  return {
    NODE_OPTIONS: `--require ${resolve('dist/hooks/node.cjs')}`,
    GLASSBOX_ENDPOINT: url,
    GLASSBOX_LOCAL_ONLY: '1',
    OTEL_RESOURCE_ATTRIBUTES: 'glassbox.run.id=run-1',
  };
}
