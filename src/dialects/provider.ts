/** Providers' names as OpenTelemetry's registry spells them. */
const renames: Readonly<Record<string, string>> = {
  'az.ai.inference': 'azure.ai.inference',
  'az.ai.openai': 'azure.ai.openai',
  azure: 'azure.ai.openai',
  vertex_ai: 'gcp.vertex_ai',
  vertexai: 'gcp.vertex_ai',
  gemini: 'gcp.gemini',
  google: 'gcp.gen_ai',
  xai: 'x_ai',
  mistral: 'mistral_ai',
  mistralai: 'mistral_ai',
  aws: 'aws.bedrock',
  bedrock: 'aws.bedrock',
};

/** Frameworks that put their own name where the provider belongs. */
const frameworks = new Set([
  'strands-agents',
  'langchain',
  'langgraph',
  'gcp.vertex.agent',
  'litellm',
  'agent_framework',
  'microsoft.agent_framework',
]);

/** The provider behind a reported name; undefined for the name of a framework. */
export function providerOf(name: string | undefined): string | undefined {
  const lower = name?.toLowerCase();
  if (lower === undefined || frameworks.has(lower)) return undefined;
  return Object.hasOwn(renames, lower) ? renames[lower] : lower;
}

const byModel: readonly (readonly [RegExp, string])[] = [
  [/^(?:gpt-|o[1-9](?:-|$)|chatgpt-|text-embedding-|dall-e|whisper)/, 'openai'],
  [/^claude-/, 'anthropic'],
  [/^(?:eu|us|apac|global)\.(?:anthropic|amazon|meta)\./, 'aws.bedrock'],
  [/^(?:models\/)?gemini-/, 'gcp.gemini'],
  [/^(?:mistral|codestral|ministral)-/, 'mistral_ai'],
  [/^deepseek-/, 'deepseek'],
  [/^grok-/, 'x_ai'],
];

/** A guess from the model's name, for spans that name only a framework. */
export function providerOfModel(model: string | undefined): string | undefined {
  if (model === undefined) return undefined;
  const [prefix, rest] = model.split('/', 2);
  if (rest !== undefined && prefix !== 'models' && prefix !== undefined) return providerOf(prefix);
  return byModel.find(([pattern]) => pattern.test(model))?.[1];
}
