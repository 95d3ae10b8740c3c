import type { Join, ObservationKind, Score } from '../model/observation';
import type { Attributes, Span } from '../model/span';
import { isRecord, type Json } from '../model/value';
import type { Content, Dialect, Facts } from './dialect';
import { calledWith } from './called';
import { finishReasonsOf } from './finish';
import { firstEventMs } from './firstToken';
import { unflatten } from './flat';
import { listOf, member, recordOf } from './json';
import { answerOf, messagesOf, toolDefinitionsOf } from './messages';
import { providerOf } from './provider';
import {
  asJson,
  asNumber,
  asRecord,
  asText,
  asTexts,
  compact,
  hasKeyStarting,
  jsonAt,
  numberAt,
  textAt,
} from './reader';
import { normalUsage } from './usage';

/** OpenInference, the convention of Arize Phoenix: lists flattened into keys, every span with a kind. */
export const openInference: Dialect = {
  name: 'openinference',
  ai: true,
  ownsKey: (key) =>
    key === 'openinference.span.kind' ||
    /^(?:(?:trace\.)?annotations\.\d+|llm\.(?:input_messages|output_messages|token_count|prompts|choices)|retrieval\.documents|embedding\.embeddings|reranker)\./.test(
      key,
    ),
  ownsScope: (scope) => /^(?:openinference\.|@arizeai\/openinference)/.test(scope),
  facts,
  content,
};

const kinds: Readonly<Record<string, ObservationKind>> = {
  LLM: 'generation',
  EMBEDDING: 'embedding',
  CHAIN: 'chain',
  RETRIEVER: 'retriever',
  RERANKER: 'reranker',
  TOOL: 'tool',
  AGENT: 'agent',
  GUARDRAIL: 'guardrail',
  EVALUATOR: 'evaluator',
  PROMPT: 'span',
};

const firstToken = new Set(['First Token Stream Event']);

function facts(span: Span): Facts {
  const { attributes } = span;
  const kind = kindOf(span);
  return {
    kind,
    join: joinOf(span),
    name: kind === 'handoff' ? handoffName(span) : undefined,
    model: textAt(attributes, 'llm.response.model_name', 'llm.model_name', 'embedding.model_name'),
    requestedModel: textAt(
      attributes,
      'llm.request.model_name',
      'llm.model_name',
      'embedding.model_name',
      'reranker.model_name',
    ),
    provider: providerOf(textAt(attributes, 'llm.provider', 'llm.system')),
    agentName: textAt(attributes, 'agent.name') ?? runName(span),
    toolName:
      kind === 'tool' ? textAt(attributes, 'tool.name', 'tool_call.function.name') : undefined,
    usage: usageOf(attributes),
    cost: compact({
      total: numberAt(attributes, 'llm.cost.total'),
      input: numberAt(attributes, 'llm.cost.prompt'),
      output: numberAt(attributes, 'llm.cost.completion'),
    }),
    timeToFirstTokenMs: kind === 'generation' ? firstEventMs(span, firstToken) : undefined,
    finishReasons: finishReasonsOf(asTexts(attributes.get('llm.finish_reason'))),
    tags: asTexts(attributes.get('tag.tags')),
    prompt: promptOf(attributes),
  };
}

/** Annotations made afterwards come on a span that links to what they are about. */
function joinOf({ attributes, links, traceId, scope }: Span): Join | undefined {
  const said = attributes.get('openinference.span.kind');
  if (said === 'LLM') return undefined;
  if (hasKeyStarting(attributes, 'trace.annotations.')) return { part: 'scores' };
  const [link, second] = links;
  if (link && !second && link.traceId === traceId && isAnnotated(attributes)) {
    return { part: 'scores', of: link.spanId };
  }
  // The instrumentation of the Agents SDK ends the whole run as a success, whatever it was.
  return said === 'AGENT' && isAgentsTrace(attributes, scope.name)
    ? { part: 'wrapper' }
    : undefined;
}

function isAnnotated(attributes: Attributes): boolean {
  return ['annotations.', 'evaluations.'].some((prefix) => hasKeyStarting(attributes, prefix));
}

/** A handoff of the Agents SDK comes as a tool that has no name. */
function kindOf({ name, attributes, scope }: Span): ObservationKind | undefined {
  const said = textAt(attributes, 'openinference.span.kind')?.toUpperCase();
  const kind = said !== undefined && Object.hasOwn(kinds, said) ? kinds[said] : undefined;
  if (kind === 'agent' && isAgentsTrace(attributes, scope.name)) return 'chain';
  const isHandoff =
    kind === 'tool' && /^handoff to /i.test(name) && attributes.get('tool.name') === undefined;
  return isHandoff ? 'handoff' : kind;
}

/** The whole run of the Agents SDK comes as an agent without a name. */
function isAgentsTrace(attributes: Attributes, scope: string): boolean {
  return (
    /openai[_-]agents$/.test(scope) &&
    attributes.get('agent.name') === undefined &&
    attributes.get('graph.node.id') === undefined
  );
}

/** `weather.run`, where the agent has a name and only the span says it (smolagents). */
function runName({ name, scope }: Span): string | undefined {
  return scope.name.endsWith('smolagents') ? /^(.+)\.run$/.exec(name)?.[1] : undefined;
}

function handoffName({ name, attributes }: Span): string {
  const from = textAt(attributes, 'input.value');
  const to = textAt(attributes, 'output.value');
  return from === undefined || to === undefined ? name : `${from} → ${to}`;
}

function usageOf(attributes: Attributes) {
  const count = (...keys: string[]) => numberAt(attributes, ...keys);
  return normalUsage({
    input: count('llm.token_count.prompt'),
    output: count('llm.token_count.completion'),
    total: count('llm.token_count.total'),
    cacheRead: count(
      'llm.token_count.prompt_details.cache_read',
      'llm.token_count.prompt_details.cache_input',
    ),
    cacheWrite: count('llm.token_count.prompt_details.cache_write'),
    reasoning: count('llm.token_count.completion_details.reasoning'),
  });
}

function promptOf(attributes: Attributes): Facts['prompt'] {
  const name = textAt(attributes, 'prompt.id', 'prompt.name');
  if (name === undefined) return undefined;
  return compact({ name, version: textAt(attributes, 'llm.prompt_template.version') });
}

function content(span: Span): Content {
  const { attributes } = span;
  const sent = messagesAt(attributes, 'llm.input_messages');
  const said = messagesAt(attributes, 'llm.output_messages');
  const outputMessages = said && messagesOf(said);
  // What an embedding answers is vectors, which nobody reads.
  const output = kindOf(span) === 'embedding' ? undefined : jsonAt(attributes, 'output.value');
  return {
    input: inputOf(attributes) ?? sent ?? calledWith(jsonAt(attributes, 'input.value')),
    output: documentsOf(attributes) ?? answerOf(outputMessages, said ?? output),
    inputMessages: sent && messagesOf(sent),
    outputMessages,
    toolDefinitions: toolsOf(attributes),
    modelParameters: parametersOf(attributes),
    metadata: metadataOf(attributes),
    scores: scoresOf(attributes),
  };
}

function inputOf(attributes: Attributes): Json | undefined {
  const query = textAt(attributes, 'reranker.query');
  if (query !== undefined) return query;
  const embedded = listOf(unflatten(attributes, 'embedding.embeddings'));
  const texts = embedded?.flatMap((one) => member(member(one, 'embedding'), 'text') ?? []);
  if (texts && texts.length > 0) return texts;
  return jsonAt(attributes, 'tool_call.function.arguments');
}

function documentsOf(attributes: Attributes): Json | undefined {
  const documents = listOf(
    unflatten(attributes, 'retrieval.documents') ??
      unflatten(attributes, 'reranker.output_documents'),
  );
  return documents?.map((one) => member(one, 'document') ?? one);
}

function messagesAt(attributes: Attributes, prefix: string): readonly Json[] | undefined {
  const listed = listOf(unflatten(attributes, prefix));
  return listed?.flatMap((one) => plainMessage(member(one, 'message')));
}

/** `message.contents` says what `message.content` says, and more exactly. */
function plainMessage(message: Json | undefined): readonly Json[] {
  const fields = recordOf(message);
  if (!fields) return [];
  const contents = listOf(fields.contents)?.map((one) => plainPart(member(one, 'message_content')));
  const calls = listOf(fields.tool_calls)?.map((one) => member(one, 'tool_call') ?? one);
  const legacy = asText(fields.function_call_name);
  return [
    {
      role: fields.role ?? 'user',
      ...(fields.name === undefined ? {} : { name: fields.name }),
      content: contents ?? fields.content ?? null,
      ...(calls ? { tool_calls: calls } : {}),
      ...(fields.tool_call_id === undefined ? {} : { tool_call_id: fields.tool_call_id }),
      ...(legacy === undefined
        ? {}
        : {
            function_call: { name: legacy, arguments: fields.function_call_arguments_json ?? '' },
          }),
    },
  ];
}

function plainPart(part: Json | undefined): Json {
  const fields = recordOf(part) ?? {};
  const image = member(member(fields.image, 'image'), 'url');
  if (image !== undefined) return { type: 'image_url', image_url: { url: image } };
  const audio = recordOf(member(fields.audio, 'audio'));
  if (audio) return { type: 'audio', ...audio };
  const call = recordOf(fields.tool_call);
  return call ? { ...call, type: 'tool_call' } : fields;
}

function toolsOf(attributes: Attributes): Content['toolDefinitions'] {
  const listed = listOf(unflatten(attributes, 'llm.tools'));
  const schemas = listed?.map((one) => asJson(member(member(one, 'tool'), 'json_schema') ?? null));
  return toolDefinitionsOf(schemas?.flatMap((schema) => schema ?? []));
}

/** Some put the whole request or answer here. */
const notParameters = new Set([
  'input',
  'messages',
  'tools',
  'instructions',
  'output',
  'model',
  'usage',
  'id',
  'object',
  'created_at',
  'metadata',
  'status',
  'error',
]);

function parametersOf(attributes: Attributes): Content['modelParameters'] {
  const sent = asRecord(
    attributes.get('llm.invocation_parameters') ??
      attributes.get('embedding.invocation_parameters'),
  );
  const entries = Object.entries(sent ?? {}).filter(
    ([key, value]) => value !== null && !notParameters.has(key),
  );
  return entries.length > 0 ? Object.fromEntries(entries) : undefined;
}

function metadataOf(attributes: Attributes): Content['metadata'] {
  const variables = asRecord(attributes.get('llm.prompt_template.variables'));
  return compact<Record<string, Json>>({
    ...asRecord(attributes.get('metadata')),
    ...(variables ? { promptVariables: variables } : {}),
  });
}

function scoresOf(attributes: Attributes): readonly Score[] | undefined {
  const scores = ['annotations', 'evaluations', 'trace.annotations'].flatMap((prefix) =>
    (listOf(unflatten(attributes, prefix)) ?? []).flatMap((one) => {
      const fields = member(one, 'annotation') ?? member(one, 'evaluation');
      const name = asText(member(fields, 'name'));
      if (!isRecord(fields) || name === undefined) return [];
      const score = compact<Score>({
        name,
        value: asNumber(member(fields, 'score')),
        label: asText(member(fields, 'label')),
        comment: asText(member(fields, 'explanation')),
        source: sourceOf(asText(member(fields, 'annotator_kind'))),
      });
      return score ? [score] : [];
    }),
  );
  return scores.length > 0 ? scores : undefined;
}

function sourceOf(annotator: string | undefined): Score['source'] {
  if (annotator === 'HUMAN') return 'human';
  if (annotator === 'LLM') return 'judge';
  return annotator === 'CODE' ? 'code' : 'otlp';
}
