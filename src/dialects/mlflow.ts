import type { ObservationKind } from '../model/observation';
import type { Attributes, Span } from '../model/span';
import type { Json } from '../model/value';
import type { Content, Dialect, Facts } from './dialect';
import { conversationIn } from './genai';
import { listOf, member } from './json';
import { answerOf, messagesOf, toolDefinitionsOf, withSystem } from './messages';
import { providerOf } from './provider';
import { asText, compact, hasKey, jsonAt } from './reader';
import { providerUsage } from './usage';

/** MLflow's tracing: every value is JSON text, inputs and outputs are those of the traced function. */
export const mlflow: Dialect = {
  name: 'mlflow',
  ai: true,
  ownsKey: (key) => key.startsWith('mlflow.'),
  ownsScope: (scope) => scope.startsWith('mlflow.'),
  facts,
  content,
};

const kinds: Readonly<Record<string, ObservationKind>> = {
  ...{ LLM: 'generation', CHAT_MODEL: 'generation', AGENT: 'agent', TOOL: 'tool' },
  ...{ RETRIEVER: 'retriever', EMBEDDING: 'embedding', RERANKER: 'reranker', CHAIN: 'chain' },
  ...{ WORKFLOW: 'chain', TASK: 'chain', GUARDRAIL: 'guardrail', EVALUATOR: 'evaluator' },
  ...{ PARSER: 'span', MEMORY: 'span' },
};

function facts({ name, attributes }: Span): Facts {
  const type = textOf(attributes, 'mlflow.spanType') ?? '';
  const kind = Object.hasOwn(kinds, type) ? kinds[type] : undefined;
  const cost = jsonAt(attributes, 'mlflow.llm.cost');
  const isCall = kind === 'generation' || kind === 'embedding';
  return {
    kind,
    agentName: kind === 'agent' ? name : undefined,
    toolName: kind === 'tool' ? name : undefined,
    model: textOf(attributes, 'mlflow.llm.model'),
    requestedModel: isCall ? textOf(attributes, 'model') : undefined,
    provider: providerOf(textOf(attributes, 'mlflow.llm.provider')),
    usage: providerUsage(jsonAt(attributes, 'mlflow.chat.tokenUsage')),
    cost: compact({
      total: numberIn(cost, 'total_cost'),
      input: numberIn(cost, 'input_cost'),
      output: numberIn(cost, 'output_cost'),
    }),
    sessionId: textOf(attributes, 'mlflow.trace.session'),
    userId: textOf(attributes, 'mlflow.trace.user'),
    prompt: promptOf(attributes),
  };
}

/** Of a value that was JSON even where it is only a word. */
function textOf(attributes: Attributes, key: string): string | undefined {
  if (!hasKey(attributes, key)) return undefined;
  const json = jsonAt(attributes, key);
  return typeof json === 'string' ? asText(json) : undefined;
}

function numberIn(json: Json | undefined, key: string): number | undefined {
  const value = member(json, key);
  return typeof value === 'number' ? value : undefined;
}

function promptOf(attributes: Attributes): Facts['prompt'] {
  const [linked] = listOf(jsonAt(attributes, 'mlflow.linkedPrompts')) ?? [];
  const name = asText(member(linked, 'name'));
  return name === undefined
    ? undefined
    : compact({ name, version: asText(member(linked, 'version')) });
}

function content({ attributes }: Span): Content {
  const input = jsonAt(attributes, 'mlflow.spanInputs');
  const output = jsonAt(attributes, 'mlflow.spanOutputs');
  const type = textOf(attributes, 'mlflow.spanType') ?? '';
  // What an embedding answers is vectors, which nobody reads.
  if (type === 'EMBEDDING') return { input: member(input, 'input') ?? input };
  if (kinds[type] !== 'generation') return { input, output };
  const sent = member(input, 'messages') ?? member(input, 'input');
  const said = member(output, 'output') ?? conversationIn(output);
  const outputMessages = messagesOf(said, 'assistant');
  return {
    input: sent ?? input,
    output: answerOf(outputMessages, output),
    inputMessages: withSystem(messagesOf(sent, 'user'), member(input, 'instructions')),
    outputMessages,
    toolDefinitions: toolDefinitionsOf(
      jsonAt(attributes, 'mlflow.chat.tools') ?? member(input, 'tools'),
    ),
    modelParameters: parametersOf(input),
  };
}

const notParameters = new Set(['messages', 'input', 'model', 'tools', 'instructions', 'stream']);

function parametersOf(input: Json | undefined): Content['modelParameters'] {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) return undefined;
  const entries = Object.entries(input as Readonly<Record<string, Json>>).filter(
    ([key, value]) => !notParameters.has(key) && value !== null,
  );
  return entries.length > 0 ? Object.fromEntries(entries) : undefined;
}
