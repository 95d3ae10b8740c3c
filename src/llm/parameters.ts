import type { Json } from '../model/value';
import { defined, fieldsOf, without, type Fields } from './fields';
import type { ModelApi, ModelRequest } from './request';

/**
 * One parameter has many names: dotprompt's, those of the conventions for spans, and one for each
 * interface. Here they become the names of an interface.
 */

/** Any name but those of the two interfaces → the name in Chat Completions. */
const aliases: Readonly<Record<string, string>> = {
  ...{ maxOutputTokens: 'max_completion_tokens', maxTokens: 'max_completion_tokens' },
  ...{ topP: 'top_p', topK: 'top_k', stopSequences: 'stop', stop_sequences: 'stop' },
  ...{ frequencyPenalty: 'frequency_penalty', presencePenalty: 'presence_penalty' },
  ...{ reasoningEffort: 'reasoning_effort', 'reasoning.level': 'reasoning_effort' },
  ...{ 'choice.count': 'n', toolChoice: 'tool_choice', parallelToolCalls: 'parallel_tool_calls' },
  ...{ serviceTier: 'service_tier' },
};

/** What a request to each interface may say, beside what it says with every call. */
export const knownParameters: Readonly<Record<ModelApi, readonly string[]>> = {
  chat: [
    ...['audio', 'frequency_penalty', 'function_call', 'functions', 'logit_bias', 'logprobs'],
    ...['max_completion_tokens', 'max_tokens', 'metadata', 'modalities', 'n'],
    ...['parallel_tool_calls', 'prediction', 'presence_penalty', 'prompt_cache_key', 'seed'],
    ...['prompt_cache_retention', 'reasoning_effort', 'response_format', 'safety_identifier'],
    ...['service_tier', 'stop', 'store', 'stream_options', 'temperature', 'tool_choice', 'top_k'],
    ...['top_logprobs', 'top_p', 'user', 'verbosity', 'web_search_options'],
  ],
  responses: [
    ...['background', 'context_management', 'conversation', 'include', 'max_output_tokens'],
    ...['max_tool_calls', 'metadata', 'parallel_tool_calls', 'previous_response_id', 'prompt'],
    ...['prompt_cache_key', 'prompt_cache_retention', 'reasoning', 'safety_identifier'],
    ...['service_tier', 'store', 'stream_options', 'temperature', 'text', 'tool_choice'],
    ...['top_logprobs', 'top_p', 'truncation', 'user'],
  ],
};

/** The parameters under the names of an interface; names that are those already stay. */
export function namedFor(api: ModelApi, parameters: Fields): Fields {
  let named: Fields = {};
  for (const [name, value] of Object.entries(parameters)) {
    const known = knownParameters[api].includes(name);
    const translate = api === 'chat' ? inChat : inResponses;
    const more = known ? { [name]: value } : translate(aliases[name] ?? name, value, named);
    named = { ...named, ...more };
  }
  return named;
}

/** Responses' own parameters in Chat Completions, where they have a name there. */
function inChat(name: string, value: Json): Fields {
  const { effort, verbosity, format } = fieldsOf(value);
  if (name === 'max_output_tokens') return { max_completion_tokens: value };
  if (name === 'reasoning') return defined({ reasoning_effort: effort }) as Fields;
  if (name === 'text') return defined({ verbosity, response_format: format }) as Fields;
  return { [name]: value };
}

function inResponses(name: string, value: Json, { reasoning, text }: Fields): Fields {
  if (name === 'max_completion_tokens' || name === 'max_tokens')
    return { max_output_tokens: value };
  if (name === 'reasoning_effort') return { reasoning: { ...fieldsOf(reasoning), effort: value } };
  if (name === 'verbosity') return { text: { ...fieldsOf(text), verbosity: value } };
  if (name === 'response_format') return { text: { ...fieldsOf(text), format: value } };
  return { [name]: value };
}

/** The request for the other interface; what only the one it came from knows is left out. */
export function toApi(request: ModelRequest, api: ModelApi): ModelRequest {
  if (request.api === api) return request;
  const named = namedFor(api, request.parameters);
  const unknown = Object.keys(named).filter((name) => !knownParameters[api].includes(name));
  const messages = request.messages.map(({ wire: _wire, ...message }) => message);
  const { outputSchema } = request;
  return {
    ...request,
    ...{ api, parameters: without(named, ...unknown) },
    messages: api === 'chat' ? joinedCalls(messages) : messages,
    ...(outputSchema && { outputSchema: { ...outputSchema, wire: undefined } }),
  };
}

type Messages = ModelRequest['messages'];

/** A chat has all that the model said at once in one message, Responses an item for each. */
export function joinedCalls(messages: Messages): Messages {
  const joined: Messages[number][] = [];
  for (const message of messages) {
    const last = joined.at(-1);
    if (last?.role === 'assistant' && message.role === 'assistant' && !last.wire && !message.wire) {
      joined[joined.length - 1] = { ...last, parts: [...last.parts, ...message.parts] };
    } else joined.push(message);
  }
  return joined;
}
