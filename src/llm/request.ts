import { isDeepStrictEqual } from 'node:util';
import type { Json } from '../model/value';
import { chatFormat } from './chatFormat';
import { defined, fieldsOf, listOf, textOf, without, type Fields } from './fields';
import type { Format, RequestMessage } from './format';
import { responsesFormat } from './responsesFormat';
import { readTool, writeTool, type RequestTool } from './tools';

/**
 * A call of a model as it is edited: the same for Chat Completions and Responses, and nothing
 * lost on the way in or out. What came from a recorded body remembers its form there, and goes
 * out in that form unless it was edited.
 */
export interface ModelRequest {
  readonly api: ModelApi;
  /** Without the endpoint; empty where the address names it. */
  readonly model: string;
  readonly messages: readonly RequestMessage[];
  readonly tools: readonly RequestTool[];
  /** Every other field of the body, under its name on the wire. */
  readonly parameters: Fields;
  readonly outputSchema?: OutputSchema;
}

export type ModelApi = 'chat' | 'responses';

export interface OutputSchema {
  readonly name: string;
  readonly description?: string;
  /** JSON schema. */
  readonly schema: Json;
  readonly strict?: boolean;
  /** The format as it stood in the body. */
  readonly wire?: Json;
}

const formats: Readonly<Record<ModelApi, Format>> = {
  chat: chatFormat,
  responses: responsesFormat,
};

/** Reads the body of a request to either interface; undefined where it is neither. */
export function readBody(value: Json): ModelRequest | undefined {
  const body = fieldsOf(value);
  for (const api of ['chat', 'responses'] as const) {
    const format = formats[api];
    const messages = format.readMessages(body);
    if (!messages) continue;
    const model = textOf(body.model);
    const written = [...Object.keys(format.writeMessages(messages)), ...(model ? ['model'] : [])];
    const { schema, parameters } = takeSchema(format, without(body, 'stream', ...written));
    const tools = listOf(body.tools);
    return {
      ...{ api, model: model ?? '', messages, tools: tools.map((tool) => readTool(tool, api)) },
      // An empty list is sent as one.
      parameters: tools.length > 0 ? without(parameters, 'tools') : parameters,
      ...(schema && { outputSchema: schema }),
    };
  }
  return undefined;
}

/** The body to send. */
export function bodyOf(request: ModelRequest): Fields {
  const { api, model, messages, tools, parameters, outputSchema } = request;
  const format = formats[api];
  const body = {
    ...(model !== '' && { model }),
    ...format.writeMessages(messages),
    ...parameters,
    ...(tools.length > 0 && { tools: tools.map((tool) => writeTool(tool, api)) }),
  };
  return outputSchema ? format.putFormat(body, writeSchema(outputSchema, format)) : body;
}

function takeSchema(format: Format, parameters: Fields) {
  const { format: wire, rest } = format.takeFormat(parameters);
  const fields = fieldsOf(wire);
  const described = format.nestedSchema ? fieldsOf(fields.json_schema) : fields;
  const { schema } = described;
  const name = textOf(described.name);
  if (fields.type !== 'json_schema' || schema === undefined || name === undefined) {
    return { schema: undefined, parameters };
  }
  return { schema: { ...readSchema(described), name, schema, wire }, parameters: rest };
}

function readSchema({ description, strict }: Fields) {
  return defined({
    description: textOf(description),
    strict: typeof strict === 'boolean' ? strict : undefined,
  });
}

function writeSchema({ wire, ...schema }: OutputSchema, format: Format): Fields {
  const before = fieldsOf(wire);
  const described = format.nestedSchema ? fieldsOf(before.json_schema) : before;
  const { name, schema: json } = described;
  if (isDeepStrictEqual({ ...readSchema(described), name, schema: json }, defined(schema))) {
    return before;
  }
  const fields = defined({ ...schema }) as unknown as Fields;
  return format.nestedSchema
    ? { type: 'json_schema', json_schema: fields }
    : { type: 'json_schema', ...fields };
}
