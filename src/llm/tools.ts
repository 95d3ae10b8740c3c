import { isDeepStrictEqual } from 'node:util';
import type { ToolDefinition } from '../model/observation';
import type { Json } from '../model/value';
import { defined, fieldsOf, textOf, without, type Fields } from './fields';
import type { ModelApi } from './request';

export interface RequestTool extends ToolDefinition {
  /** The interface in whose body `raw` stood; it goes out there as it came, unless edited. */
  readonly from?: ModelApi;
}

/** Reads a tool of a body: a function, or one that the service itself has. */
export function readTool(raw: Json, from: ModelApi): RequestTool {
  return { ...describe(raw), raw, from };
}

/**
 * The tool as an interface takes it: Chat Completions puts a function's fields into a map
 * `function`, Responses beside its type.
 */
export function writeTool({ raw, from, ...tool }: RequestTool, api: ModelApi): Json {
  const unedited = raw !== undefined && isDeepStrictEqual(describe(raw), defined(tool));
  if (unedited && from === api) return raw;
  const before = fieldsOf(raw);
  const isNested = before.function !== undefined;
  const isFunction = isNested || before.type === 'function' || before.type === undefined;
  if (!isFunction) return before;
  const kept = without(functionOf(before), ...described, ...(isNested ? [] : ['type']));
  const fields = { ...kept, ...written(tool) };
  return api === 'chat' ? { type: 'function', function: fields } : { type: 'function', ...fields };
}

const described = ['name', 'description', 'parameters', 'inputSchema', 'input_schema'];

function functionOf(raw: Fields): Fields {
  return raw.function === undefined ? raw : fieldsOf(raw.function);
}

function describe(raw: Json): ToolDefinition {
  const fields = functionOf(fieldsOf(raw));
  const { name, description, parameters } = fields;
  return defined({
    name: textOf(name) ?? textOf(fieldsOf(raw).type) ?? '',
    description: textOf(description),
    parameters,
  });
}

function written({ name, description, parameters }: ToolDefinition): Fields {
  return defined({ name, description, parameters }) as Fields;
}
