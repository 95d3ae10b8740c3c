import type { Part } from '../model/observation';
import { isRecord, type Json } from '../model/value';
import { decodeJson, listOf, member, recordOf } from './json';
import { asText } from './reader';

/**
 * Message parts of every provider and convention as parts of ours: OpenAI chat and responses,
 * Anthropic, Gemini, Bedrock, Genkit, Vercel, Pydantic AI and the GenAI conventions. What is not
 * recognised is kept as `raw`.
 */

type Fields = Readonly<Record<string, Json>>;
type ReadPart = (fields: Fields) => readonly Part[];

/** The parts of a message's content, whatever its shape. */
export function partsOf(content: Json | undefined): readonly Part[] {
  if (content === undefined || content === null || content === '') return [];
  if (typeof content === 'string') return [{ type: 'text', text: content }];
  const list = listOf(content);
  if (list) return list.flatMap(partsOf);
  const fields = recordOf(content);
  if (!fields) return [{ type: 'text', text: asText(content) ?? JSON.stringify(content) }];
  return readPart(fields) ?? [{ type: 'raw', value: content }];
}

function readPart(fields: Fields): readonly Part[] | undefined {
  const type = asText(fields.type) ?? asText(fields.kind) ?? asText(fields.part_kind);
  if (type !== undefined && Object.hasOwn(byType, type)) return byType[type]?.(fields);
  for (const [key, read] of byMember) if (Object.hasOwn(fields, key)) return read(fields);
  return undefined;
}

const text: ReadPart = (fields) => {
  const content = fields.text ?? fields.content ?? fields.refusal;
  if (typeof content === 'string') return content === '' ? [] : [{ type: 'text', text: content }];
  const value = member(content, 'value');
  return typeof value === 'string'
    ? [{ type: 'text', text: value }]
    : [{ type: 'raw', value: fields }];
};

const reasoning: ReadPart = (fields) => {
  const found =
    reasoningText(fields.content) ??
    reasoningText(fields.text) ??
    reasoningText(fields.thinking) ??
    reasoningText(fields.reasoning) ??
    reasoningText(fields.summary) ??
    reasoningText(member(fields.reasoningContent, 'reasoningText'));
  return [found === undefined ? { type: 'reasoning' } : { type: 'reasoning', text: found }];
};

function reasoningText(json: Json | undefined): string | undefined {
  if (typeof json === 'string') return json === '' ? undefined : json;
  const texts = (listOf(json) ?? (isRecord(json) ? [json as Json] : [])).flatMap(
    (item) => asText(member(item, 'text') ?? (typeof item === 'string' ? item : undefined)) ?? [],
  );
  return texts.length > 0 ? texts.join('\n') : undefined;
}

const toolCall: ReadPart = (fields) => {
  const called = recordOf(fields.function) ?? recordOf(fields.custom) ?? fields;
  const given =
    called.arguments ?? called.args ?? called.input ?? called.parameters ?? fields.server_tool_call;
  return [
    {
      type: 'toolCall',
      id: idOf(fields),
      name: asText(called.name) ?? asText(called.toolName) ?? asText(called.tool_name) ?? '',
      arguments: argumentsOf(given),
    },
  ];
};

/** Arguments are an object, its JSON text, or text that broke off: kept as text then. */
export function argumentsOf(given: Json | undefined): Json {
  if (given === undefined || given === null || given === '') return {};
  return decodeJson(given);
}

const toolResult: ReadPart = (fields) => {
  const name = asText(fields.name) ?? asText(fields.toolName) ?? asText(fields.tool_name);
  const output = member(fields.output, 'value') ?? fields.output;
  const result =
    fields.response ??
    fields.result ??
    output ??
    fields.content ??
    fields.server_tool_call_response ??
    null;
  const isError =
    fields.is_error === true || fields.isError === true || fields.status === 'error'
      ? { isError: true }
      : {};
  return [
    {
      type: 'toolResult',
      id: idOf(fields),
      ...(name === undefined ? {} : { name }),
      result: resultOf(result),
      ...isError,
    },
  ];
};

/** A result that is a list of text parts is their text; everything else stays as it is. */
export function resultOf(result: Json): Json {
  const list = listOf(result);
  if (!list || list.length === 0) return result;
  const parts = list.map((item) => (recordOf(item) ? partsOf(item) : []));
  const texts = parts.map((found) => (found.length === 1 ? found[0] : undefined));
  return texts.every((part) => part?.type === 'text')
    ? texts.map((part) => (part?.type === 'text' ? part.text : '')).join('\n')
    : result;
}

function idOf(fields: Fields): string {
  return (
    asText(fields.call_id) ??
    asText(fields.toolCallId) ??
    asText(fields.tool_call_id) ??
    asText(fields.tool_use_id) ??
    asText(fields.toolUseId) ??
    asText(fields.id) ??
    asText(fields.ref) ??
    ''
  );
}

const media: ReadPart = (fields) => {
  const holder = holderOf(fields);
  const url = urlOf(fields) ?? urlOf(holder);
  const data = [
    holder.data,
    holder.base64,
    holder.bytes,
    holder.file_data,
    fields.data,
    fields.file_data,
    fields.binary_content,
    typeof fields.content === 'string' ? fields.content : undefined,
  ].find((value) => typeof value === 'string');
  const mime = mimeOf(holder) ?? mimeOf(fields) ?? modalityOf(fields);
  const inline = url === undefined ? undefined : dataUri(url);
  if (inline) return [{ type: 'media', ...inline }];
  if (url !== undefined) return [{ type: 'media', mime, url }];
  if (typeof data === 'string') return [{ type: 'media', mime, data }];
  return [{ type: 'raw', value: fields }];
};

/** The member that holds the bytes or address where the part itself does not. */
function holderOf(fields: Fields): Fields {
  for (const key of [
    'source',
    'image_url',
    'input_audio',
    'audio',
    'file',
    'inlineData',
    'inline_data',
    'fileData',
    'file_data',
    'media',
    'image',
    'document',
    'video',
  ]) {
    const holder = recordOf(fields[key]);
    if (holder) return recordOf(holder.source) ?? holder;
  }
  return fields;
}

function urlOf(fields: Fields): string | undefined {
  for (const key of ['url', 'uri', 'image_url', 'file_url', 'fileUri', 'file_uri', 'image']) {
    const url = asText(typeof fields[key] === 'string' ? fields[key] : undefined);
    if (url !== undefined) return url;
  }
  return undefined;
}

function mimeOf(fields: Fields): string | undefined {
  const mime = fields.mime_type ?? fields.media_type ?? fields.mimeType ?? fields.mediaType;
  return asText(mime ?? fields.contentType);
}

/** A general type where only the modality is known. */
function modalityOf(fields: Fields): string {
  const said = `${asText(fields.modality) ?? ''} ${asText(fields.type) ?? asText(fields.kind) ?? ''}`;
  const format = asText(member(fields.input_audio, 'format'));
  if (format !== undefined) return `audio/${format}`;
  for (const modality of ['image', 'audio', 'video']) {
    if (said.includes(modality) || modality in fields) return `${modality}/*`;
  }
  return 'application/octet-stream';
}

function dataUri(url: string): { mime: string; data: string } | undefined {
  const match = /^data:([^;,]*)(?:;[^,]*)?;base64,/.exec(url.slice(0, 200));
  if (!match) return undefined;
  return {
    mime: match[1] === '' ? 'text/plain' : (match[1] ?? ''),
    data: url.slice(match[0].length),
  };
}

const inner =
  (key: string, read: ReadPart): ReadPart =>
  (fields) => {
    const held = recordOf(fields[key]);
    return held ? read({ ...held }) : [{ type: 'raw', value: fields }];
  };

const textOrRaw: ReadPart = (fields) =>
  typeof fields.text === 'string' && fields.thought === true
    ? [{ type: 'reasoning', text: fields.text }]
    : text(fields);

/** Parts that say their type. */
const byType: Readonly<Record<string, ReadPart>> = {
  text,
  input_text: text,
  output_text: text,
  summary_text: text,
  refusal: text,
  reasoning,
  thinking: reasoning,
  redacted_thinking: () => [{ type: 'reasoning' }],
  compaction: reasoning,
  tool_call: toolCall,
  'tool-call': toolCall,
  tool_use: toolCall,
  server_tool_use: toolCall,
  server_tool_call: toolCall,
  function: toolCall,
  function_call: toolCall,
  custom_tool_call: toolCall,
  mcp_call: toolCall,
  tool_call_response: toolResult,
  server_tool_call_response: toolResult,
  'tool-result': toolResult,
  tool_result: toolResult,
  function_call_output: toolResult,
  custom_tool_call_output: toolResult,
  image: media,
  image_url: media,
  input_image: media,
  'image-url': media,
  'audio-url': media,
  'video-url': media,
  'document-url': media,
  audio: media,
  input_audio: media,
  video: media,
  document: media,
  file: media,
  input_file: media,
  file_data: media,
  media,
  binary: media,
  blob: media,
  uri: media,
};

/** Parts that are told by their only member. */
const byMember: readonly (readonly [string, ReadPart])[] = [
  ['toolUse', inner('toolUse', toolCall)],
  ['toolResult', inner('toolResult', toolResult)],
  ['functionCall', inner('functionCall', toolCall)],
  ['function_call', inner('function_call', toolCall)],
  ['functionResponse', inner('functionResponse', toolResult)],
  ['function_response', inner('function_response', toolResult)],
  ['toolRequest', inner('toolRequest', toolCall)],
  ['toolResponse', inner('toolResponse', toolResult)],
  ['reasoningContent', reasoning],
  ['reasoning', reasoning],
  ['inlineData', media],
  ['inline_data', media],
  ['fileData', media],
  ['file_data', media],
  ['media', media],
  ['image', media],
  ['document', media],
  ['text', textOrRaw],
];
