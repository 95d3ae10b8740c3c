/** The SDKs whose presence in a workspace says that agents are built in it. */

const javascriptPackages = [
  '@openai/agents',
  'openai',
  'ai',
  '@anthropic-ai/sdk',
  '@langchain/core',
  'langchain',
  'langfuse',
  '@langfuse/otel',
  'langsmith',
  '@mastra/core',
  '@genkit-ai/ai',
  'genkit',
] as const;

const pythonPackages = [
  'openai-agents',
  'openai',
  'logfire',
  'pydantic-ai',
  'langchain',
  'langgraph',
  'langfuse',
  'langsmith',
  'anthropic',
  'litellm',
  'crewai',
  'smolagents',
  'google-adk',
  'strands-agents',
  'agent-framework',
  'traceloop-sdk',
  'openinference-instrumentation',
  'arize-phoenix',
  'mlflow',
] as const;

/** Names of import statements where they differ from the package's. */
const pythonModules = [
  'agents',
  'openai',
  'logfire',
  'pydantic_ai',
  'langchain',
  'langgraph',
  'anthropic',
  'litellm',
  'crewai',
  'smolagents',
];

/** The known SDKs that a `package.json` depends on. */
export function sdksOfPackageJson(text: string): readonly string[] {
  try {
    const { dependencies, devDependencies } = JSON.parse(text) as Record<
      string,
      object | undefined
    >;
    const names = new Set(Object.keys({ ...dependencies, ...devDependencies }));
    return javascriptPackages.filter((name) => names.has(name));
  } catch {
    return [];
  }
}

/** The known SDKs named in a requirements file, `pyproject.toml` or lock file. */
export function sdksOfRequirements(text: string): readonly string[] {
  const names = new Set(text.toLowerCase().match(/[a-z0-9][a-z0-9._-]*/g));
  return pythonPackages.filter((name) => names.has(name) || names.has(name.replaceAll('-', '_')));
}

/** The known SDKs a source file imports. */
export function sdksOfSource(fileName: string, text: string): readonly string[] {
  if (fileName.endsWith('.py')) {
    return pythonModules.filter((name) =>
      new RegExp(String.raw`^\s*(?:from|import)\s+${name}\b`, 'm').test(text),
    );
  }
  return javascriptPackages.filter((name) =>
    new RegExp(String.raw`(?:from|import|require)\s*\(?\s*['"]${name}(?:/[^'"]*)?['"]`).test(text),
  );
}
