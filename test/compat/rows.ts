import type { PackageSet } from './install';
import { calls, desk, oneAgent, type Column, type Scenario } from './judge';

/** One line of the table: packages, how they are traced, and what a program does with them. */
export interface Row {
  readonly name: string;
  readonly set: PackageSet;
  /** Whose versions are named, first the one the line is about. */
  readonly packages: readonly string[];
  /** How its spans come about, in words. */
  readonly traced: string;
  readonly program: readonly [file: string, ...args: string[]];
  readonly scenario: Scenario;
  readonly env?: Readonly<Record<string, string>>;
  /** Why a column cannot be had; shown where it was not. */
  readonly because?: Partial<Readonly<Record<Column, string>>>;
  /** True where the row is also a test of `npm test`. */
  readonly tested?: boolean;
  /** True where `--local-only` would switch off what is looked at. */
  readonly open?: boolean;
}

const openTelemetry = [
  '@opentelemetry/sdk-trace-node@2.12',
  '@opentelemetry/exporter-trace-otlp-proto@0.223',
  '@opentelemetry/api@1.9',
];

function javaScript(name: string, ...packages: string[]): PackageSet {
  return { name, language: 'JavaScript', packages };
}

const agentsNewest = javaScript('js-agents', '@openai/agents', 'openai', 'zod');
const agentsOld = javaScript('js-agents-0.1', '@openai/agents@0.1', 'zod@3');
const clientOf = (major: number) => javaScript(`js-openai-${major}`, `openai@${major}`);
const openInference = javaScript(
  ...(['js-openinference', 'openai', '@arizeai/openinference-instrumentation-openai'] as const),
  ...openTelemetry,
);
const traceloop = javaScript('js-traceloop', '@traceloop/node-server-sdk', 'openai');
const langfuse = javaScript(
  ...([
    'js-langfuse',
    'openai',
    '@langfuse/openai',
    '@langfuse/otel',
    '@langfuse/tracing',
  ] as const),
  ...['@opentelemetry/exporter-trace-otlp-http@0.223', ...openTelemetry],
);
const vercel = javaScript(
  ...(['js-vercel', 'ai', '@ai-sdk/openai', '@ai-sdk/openai-compatible', '@ai-sdk/otel'] as const),
  ...['zod', ...openTelemetry],
);
const vercel5 = javaScript('js-ai5', 'ai@5', '@ai-sdk/openai@2', 'zod@3', ...openTelemetry);
const langChain = javaScript(
  ...(['js-langchain', '@langchain/openai', '@langchain/core', 'zod'] as const),
  ...['@arizeai/openinference-instrumentation-langchain', ...openTelemetry],
);

const python: PackageSet = {
  name: 'python',
  language: 'Python',
  packages: ['openai-agents', 'logfire', 'pydantic-ai-slim[openai]', 'langfuse'],
};
const pythonAll: PackageSet = {
  name: 'python-all',
  language: 'Python',
  packages: [
    ...['openai-agents', 'openinference-instrumentation-openai-agents'],
    ...['openinference-instrumentation-openai', 'openinference-instrumentation-langchain'],
    ...['opentelemetry-instrumentation-openai', 'opentelemetry-instrumentation-openai-agents'],
    ...['langfuse', 'langchain-openai', 'langsmith[otel]', 'litellm', 'httpx'],
    ...['opentelemetry-exporter-otlp-proto-http'],
  ],
};

const none = 'the client has none';
const unseen = {
  interrupted: 'what had not been exported is lost',
  live: 'its spans come when they end',
};
const betweenCalls = {
  interrupted: 'it was killed between two calls, when nothing seen was running',
  live: 'not seen: it was killed between two calls',
};
const noSession = { session: none };
const noTools = { session: none, ...betweenCalls };

/** Of a library that is seen through its client alone. */
const throughClient: Scenario = { ...oneAgent, agents: [], tools: [] };
const langChainDesk: Scenario = { ...oneAgent, agents: [] };

export const rows: readonly Row[] = [
  {
    ...{ name: 'agents-js', set: agentsNewest, packages: ['@openai/agents'], tested: true },
    ...{ traced: 'our hook', program: ['agents.mjs'], scenario: desk },
  },
  {
    ...{ name: 'agents-js-0.1', set: agentsOld, packages: ['@openai/agents'], tested: true },
    ...{ traced: 'our hook', program: ['agents.mjs'], scenario: desk },
  },
  ...[4, 5, 6, 7].map((major): Row => ({
    ...{ name: `openai-js-${major}`, set: clientOf(major), packages: ['openai'], tested: true },
    ...{ traced: 'our hook', program: ['client.mjs'], scenario: calls, because: noSession },
  })),
  {
    ...{ name: 'openinference-js', set: openInference, scenario: calls, tested: true },
    packages: ['@arizeai/openinference-instrumentation-openai', 'openai'],
    ...{ traced: 'OpenInference', program: ['client_openinference.mjs'], because: noSession },
  },
  {
    ...{ name: 'traceloop-js', set: traceloop, scenario: calls, tested: true },
    packages: ['@traceloop/node-server-sdk', 'openai'],
    ...{ traced: 'OpenLLMetry', program: ['client_traceloop.mjs'] },
  },
  {
    ...{ name: 'langfuse-js', set: langfuse, scenario: calls, tested: true },
    packages: ['@langfuse/openai', '@langfuse/otel', 'openai'],
    ...{ traced: 'Langfuse, its address set to ours', program: ['client_langfuse.mjs'] },
    env: {
      ...{ LANGFUSE_PUBLIC_KEY: 'pk-lf-x', LANGFUSE_SECRET_KEY: 'sk-lf-x' },
    },
  },
  ...(['genai', 'legacy', 'compatible'] as const).map((form): Row => ({
    ...{ name: `vercel-${form}`, set: vercel, scenario: oneAgent, tested: true },
    packages: ['ai', form === 'compatible' ? '@ai-sdk/openai-compatible' : '@ai-sdk/openai'],
    traced: `its telemetry (${form === 'legacy' ? 'legacy form' : 'GenAI form'})`,
    program: ['vercel.mjs', form],
    because: {
      session: 'its telemetry takes no metadata',
      ...(form !== 'legacy' && { 'cached, reasoning': 'it leaves reasoning tokens out' }),
      ...unseen,
    },
  })),
  {
    ...{ name: 'vercel-5', set: vercel5, packages: ['ai', '@ai-sdk/openai'], tested: true },
    ...{ traced: 'experimental_telemetry', program: ['vercel5.mjs'] },
    scenario: { ...oneAgent, agents: [] },
    because: { 'cached, reasoning': 'it leaves them out of whole answers', ...unseen },
  },
  {
    ...{ name: 'langchain-js', set: langChain, packages: ['@langchain/openai'], tested: true },
    ...{ traced: 'our hook', program: ['langchain.mjs', 'hook'] },
    ...{ scenario: throughClient, because: noTools },
  },
  {
    ...{
      name: 'langchain-js-openinference',
      set: langChain,
      scenario: langChainDesk,
      tested: true,
    },
    packages: ['@arizeai/openinference-instrumentation-langchain', '@langchain/openai'],
    ...{ traced: 'OpenInference', program: ['langchain.mjs', 'openinference'] },
    because: {
      kinds: 'our hook sees each call too, in a trace of its own',
      tokens: 'counted twice: our hook sees each call too',
      'cached, reasoning': 'counted twice: our hook sees each call too',
      ...unseen,
    },
  },
  {
    ...{ name: 'agents-py', set: python, packages: ['openai-agents'], tested: true },
    ...{ traced: 'our hook', program: ['agents_desk.py', 'hook'], scenario: desk },
  },
  {
    ...{ name: 'agents-py-logfire', set: python, scenario: desk, tested: true },
    ...{ packages: ['openai-agents', 'logfire'], traced: 'Logfire' },
    program: ['agents_desk.py', 'logfire'],
  },
  {
    ...{ name: 'pydantic-ai-logfire', set: python, scenario: oneAgent, tested: true },
    ...{ packages: ['pydantic-ai-slim', 'logfire'], traced: 'Logfire' },
    program: ['pydantic_desk.py', 'logfire'],
  },
  {
    ...{ name: 'pydantic-ai-otel', set: python, scenario: oneAgent },
    ...{ packages: ['pydantic-ai-slim'], traced: 'its OpenTelemetry' },
    program: ['pydantic_desk.py', 'otel'],
  },
  {
    ...{ name: 'langfuse-py', set: python, scenario: calls, tested: true },
    ...{ packages: ['langfuse', 'openai'], traced: 'Langfuse', program: ['client.py', 'langfuse'] },
  },
  {
    ...{ name: 'openai-py', set: python, scenario: calls, because: noSession },
    ...{ packages: ['openai'], traced: 'our hook', program: ['client.py', 'hook'] },
  },
  {
    ...{ name: 'openai-py-logfire', set: python, scenario: calls, because: noSession },
    ...{ packages: ['openai', 'logfire'], traced: 'Logfire', program: ['client.py', 'logfire'] },
  },
  {
    ...{ name: 'openai-py-openinference', set: pythonAll, scenario: calls, because: noSession },
    packages: ['openinference-instrumentation-openai', 'openai'],
    ...{ traced: 'OpenInference', program: ['client.py', 'openinference'] },
  },
  {
    ...{ name: 'openai-py-traceloop', set: pythonAll, scenario: calls },
    packages: ['opentelemetry-instrumentation-openai', 'openai'],
    ...{ traced: 'OpenLLMetry', program: ['client.py', 'traceloop'] },
    because: { ...noSession, 'cached, reasoning': 'it leaves reasoning out of streams' },
  },
  {
    ...{ name: 'agents-py-openinference', set: pythonAll, scenario: desk },
    packages: ['openinference-instrumentation-openai-agents', 'openai-agents'],
    ...{ traced: 'OpenInference', program: ['agents_desk.py', 'openinference'] },
    because: { session: 'it leaves the group out: use `using_session`' },
  },
  {
    ...{ name: 'agents-py-traceloop', set: pythonAll, scenario: desk },
    packages: ['opentelemetry-instrumentation-openai-agents', 'openai-agents'],
    ...{ traced: 'OpenLLMetry', program: ['agents_desk.py', 'traceloop'] },
    because: { session: 'it leaves the group out' },
  },
  {
    ...{ name: 'langchain-py', set: pythonAll, packages: ['langchain-openai'] },
    ...{ traced: 'our hook', program: ['langchain_desk.py', 'hook'] },
    ...{ scenario: throughClient, because: noTools },
  },
  {
    ...{ name: 'langchain-py-langsmith', set: pythonAll, scenario: langChainDesk, open: true },
    ...{
      packages: ['langsmith', 'langchain-openai'],
      traced: 'LangSmith over OpenTelemetry, its address set to ours',
    },
    program: ['langchain_desk.py', 'langsmith'],
    because: unseen,
    env: {
      ...{ LANGSMITH_TRACING: 'true', LANGSMITH_TRACING_MODE: 'otel' },
      ...{ LANGSMITH_API_KEY: 'not-a-key' },
    },
  },
  {
    ...{ name: 'langchain-py-openinference', set: pythonAll, scenario: langChainDesk },
    packages: ['openinference-instrumentation-langchain', 'langchain-openai'],
    ...{ traced: 'OpenInference', program: ['langchain_desk.py', 'openinference'] },
  },
  {
    ...{ name: 'litellm', set: pythonAll, scenario: calls, packages: ['litellm'] },
    ...{ traced: 'its OpenTelemetry callback', program: ['litellm_calls.py', 'otel'] },
    because: {
      kinds: 'our hook sees each call too, in a trace of its own',
      tokens: 'counted twice: our hook sees each call too',
      'cached, reasoning': 'counted twice: our hook sees each call too',
      session: 'it has none',
      input: 'of failed calls it keeps none',
    },
    env: { LITELLM_LOCAL_MODEL_COST_MAP: 'True', OTEL_EXPORTER: 'otlp_http' },
  },
];
