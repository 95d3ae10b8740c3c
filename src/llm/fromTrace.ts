import type { Message, Observation } from '../model/observation';
import { isRecord, type Json } from '../model/value';
import { fieldsOf, textOf, without, type Fields } from './fields';
import { findMasked } from './masked';
import { joinedCalls, knownParameters, namedFor } from './parameters';
import { readBody, type ModelApi, type ModelRequest } from './request';

/** A traced call, ready to be edited and made again. */
export interface TracedRequest {
  readonly request: ModelRequest;
  /** True where the request is the body as it was sent; else it is put together from the fields. */
  readonly exact: boolean;
  /** What the trace does not hold, a phrase each: `the tool definitions`. */
  readonly missing: readonly string[];
  /** What is left of secrets that were masked before they were stored; see `fillMasked`. */
  readonly masked: readonly string[];
}

/**
 * The request of a traced call of any dialect. With the body that went over the wire nothing is
 * lost; without it everything the dialect carried is there, and what it did not is named. Never
 * throws.
 */
export function requestFromTrace(observation: Observation): TracedRequest {
  const body = recordedBody(observation);
  const request = body && readBody(body);
  if (request) {
    return { request, exact: true, missing: [], masked: findMasked(request as unknown as Json) };
  }
  const { request: put, missing } = requestFromFields(observation);
  return { request: put, exact: false, missing, masked: findMasked(put as unknown as Json) };
}

function recordedBody({ attributes }: Observation): Json | undefined {
  const text = attributes['glassbox.request.body'];
  // A body cut at its size limit is no JSON any more.
  if (typeof text !== 'string') return isRecord(text) ? text : undefined;
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

function requestFromFields(observation: Observation): {
  request: ModelRequest;
  missing: readonly string[];
} {
  const given = withoutNull(observation.modelParameters ?? {});
  const api = apiOf(observation, given);
  const named = namedFor(api, given);
  const unsendable = Object.keys(named).filter((name) => !knownParameters[api].includes(name));
  const parameters = without(named, ...unsendable, 'stream_options');
  const { messages, whole } = messagesOf(observation);
  const tools = observation.toolDefinitions ?? [];
  // A body without messages tells which of the parameters are the format of the output.
  const read = readBody({ ...parameters, [api === 'chat' ? 'messages' : 'input']: [] });
  const request: ModelRequest = {
    ...{ api, tools, model: observation.requestedModel ?? observation.model ?? '' },
    messages: api === 'chat' ? joinedCalls(messages) : messages,
    parameters: read?.parameters ?? parameters,
    ...(read?.outputSchema && { outputSchema: read.outputSchema }),
  };
  return { request, missing: missingOf(observation, request, whole) };
}

/** Responses where something only that interface says is there. */
function apiOf({ attributes, name }: Observation, parameters: Fields): ModelApi {
  const said = textOf(attributes['openai.api.type']) ?? textOf(attributes['gen_ai.operation.name']);
  if (said === 'responses' || /\bresponses?\b/i.test(name)) return 'responses';
  const own = knownParameters.responses.filter((one) => !knownParameters.chat.includes(one));
  return own.some((one) => parameters[one] !== undefined) ? 'responses' : 'chat';
}

function messagesOf(observation: Observation): { messages: readonly Message[]; whole: boolean } {
  const { inputMessages, input } = observation;
  if (inputMessages) return { messages: inputMessages, whole: true };
  if (input === undefined || input === null) return { messages: [], whole: false };
  const text = typeof input === 'string' ? input : JSON.stringify(input, undefined, 2);
  return {
    messages: [{ role: 'user', parts: [{ type: 'text', text }] }],
    whole: typeof input === 'string',
  };
}

function missingOf(observation: Observation, request: ModelRequest, whole: boolean): string[] {
  const { messages, parameters, tools, model, outputSchema } = request;
  const parts = messages.flatMap((message) => message.parts);
  const called = [...parts, ...(observation.outputMessages ?? []).flatMap((one) => one.parts)].some(
    ({ type }) => type === 'toolCall',
  );
  const media = parts.filter((part) => part.type === 'media');
  const contentless = media.filter(({ data, url }) => data === undefined && url === undefined);
  return [
    ...(model === '' ? ['the model'] : []),
    ...(messages.length === 0 ? ['the messages'] : []),
    ...(messages.length > 0 && !whole ? ['the messages as they were sent'] : []),
    ...(called && tools.length === 0 ? ['the tool definitions'] : []),
    ...(tools.some(lacksSchema) ? ['the parameters of some tools'] : []),
    ...(Object.keys(parameters).length === 0 && !outputSchema ? ['the model parameters'] : []),
    ...(contentless.length > 0 ? ['the content of images or files'] : []),
    ...(saysJson(observation) && !outputSchema ? ['the output schema'] : []),
    ...(hiddenReasoning(messages) ? ['the reasoning of earlier turns'] : []),
  ];
}

function lacksSchema({ parameters, raw }: ModelRequest['tools'][number]): boolean {
  const type = fieldsOf(raw).type;
  return parameters === undefined && (type === undefined || type === 'function');
}

/** The conventions tell that JSON was asked for, not by what schema. */
function saysJson({ modelParameters = {} }: Observation): boolean {
  return [modelParameters.outputType, modelParameters['output.type']].includes('json');
}

function hiddenReasoning(messages: readonly Message[]): boolean {
  return messages.some(({ parts }) => parts.some((part) => part.type === 'reasoning'));
}

/** Some SDKs record what was not asked for as null, deep inside too. */
function withoutNull(fields: Fields): Fields {
  const entries = Object.entries(fields).filter(([, value]) => value !== null);
  return Object.fromEntries(
    entries.map(([name, value]) => [name, isRecord(value) ? withoutNull(fieldsOf(value)) : value]),
  );
}
