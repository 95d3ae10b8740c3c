import type { Message, Part, Role } from '../model/observation';
import type { Json } from '../model/value';
import {
  defined,
  fieldsOf,
  jsonOfText,
  listOf,
  textOf,
  textOfJson,
  without,
  type Fields,
} from './fields';
import { mediaOfUrl, urlOfMedia } from './media';
import { isUnedited, type Format, type RequestMessage } from './format';

/** Bodies of Chat Completions. */
export const chatFormat: Format = {
  readMessages: ({ messages }) =>
    Array.isArray(messages)
      ? listOf(messages).map((value) => ({
          ...readChatMessage(value),
          wire: { place: 'item', value },
        }))
      : undefined,
  writeMessages: (messages) => ({ messages: messages.flatMap(writeMessage) }),
  takeFormat: (parameters) => ({
    format: parameters.response_format,
    rest: without(parameters, 'response_format'),
  }),
  putFormat: (parameters, format) => ({ ...parameters, response_format: format }),
  nestedSchema: true,
};

const roles: Readonly<Record<string, Role>> = {
  ...{ system: 'system', developer: 'system', user: 'user', assistant: 'assistant' },
  ...{ tool: 'tool', function: 'tool' },
};

/** A message of a chat, as sent or as answered. */
export function readChatMessage(value: Json): Message {
  const message = fieldsOf(value);
  const role = roles[textOf(message.role) ?? ''];
  if (!role) return { role: 'user', parts: [{ type: 'raw', value }] };
  const name = textOf(message.name);
  if (role === 'tool') return { role, parts: [readResult(message)] };
  const reasoning = textOf(message.reasoning_content) ?? textOf(message.reasoning);
  const refusal = textOf(message.refusal);
  return {
    role,
    ...(name !== undefined && { name }),
    parts: [
      ...(reasoning === undefined ? [] : [{ type: 'reasoning' as const, text: reasoning }]),
      ...readContent(message.content),
      ...(refusal === undefined ? [] : [{ type: 'text' as const, text: refusal }]),
      ...listOf(message.tool_calls).map(readCall),
    ],
  };
}

function readResult(message: Fields): Part {
  const { content } = message;
  const parts = readContent(content);
  const text = parts.every((part) => part.type === 'text')
    ? parts.map((part) => part.text).join('')
    : undefined;
  return {
    type: 'toolResult',
    id: textOf(message.tool_call_id) ?? textOf(message.name) ?? '',
    result: text === undefined ? (content ?? null) : jsonOfText(text),
  };
}

function readContent(content: Json | undefined): Part[] {
  if (typeof content === 'string') return content === '' ? [] : [{ type: 'text', text: content }];
  return listOf(content).map(readPart);
}

function readPart(value: Json): Part {
  const part = fieldsOf(value);
  const text = textOf(part.text);
  const url = textOf(fieldsOf(part.image_url).url);
  const { data, format } = fieldsOf(part.input_audio);
  const file = textOf(fieldsOf(part.file).file_data);
  if (part.type === 'text' && text !== undefined) return { type: 'text', text };
  if (part.type === 'image_url' && url !== undefined) return mediaOfUrl(url);
  if (part.type === 'input_audio' && typeof data === 'string') {
    return { type: 'media', mime: `audio/${textOf(format) ?? 'wav'}`, data };
  }
  if (part.type === 'file' && file !== undefined) return mediaOfUrl(file, 'application/pdf');
  return { type: 'raw', value };
}

function readCall(value: Json): Part {
  const call = fieldsOf(value);
  const target = fieldsOf(call.function);
  const name = textOf(target.name);
  if (name === undefined) return { type: 'raw', value };
  const text = textOf(target.arguments) ?? '';
  return { type: 'toolCall', id: textOf(call.id) ?? '', name, arguments: jsonOfText(text) };
}

function writeMessage(message: RequestMessage): Json[] {
  const { role, name, parts, wire } = message;
  if (wire && isUnedited(message, readChatMessage)) return [wire.value];
  // A message that was not understood stands for itself.
  const [only] = parts;
  if (only?.type === 'raw' && parts.length === 1 && fieldsOf(only.value).role !== undefined) {
    return [only.value];
  }
  if (role === 'tool') return parts.map(writeResult);
  const before = fieldsOf(wire?.value);
  const calls = parts.flatMap(writeCall);
  const content = writeContent(parts);
  return [
    {
      role: roles[textOf(before.role) ?? ''] === role ? (before.role ?? role) : role,
      ...(name !== undefined && { name }),
      content: content.length === 0 && calls.length > 0 ? null : content,
      ...(calls.length > 0 && { tool_calls: calls }),
    },
  ];
}

function writeResult(part: Part): Json {
  if (part.type === 'toolResult') {
    return { role: 'tool', tool_call_id: part.id, content: textOfJson(part.result) };
  }
  return { role: 'user', content: writeContent([part]) };
}

function writeCall(part: Part): Json[] {
  if (part.type === 'raw' && fieldsOf(part.value).id !== undefined) return [part.value];
  if (part.type !== 'toolCall') return [];
  const target = { name: part.name, arguments: textOfJson(part.arguments) };
  return [{ id: part.id, type: 'function', function: target }];
}

/** A text where there is nothing else. */
function writeContent(parts: readonly Part[]): string | Json[] {
  const content = parts.flatMap(writePart);
  const [only] = content;
  if (content.length === 0) return '';
  return content.length === 1 && fieldsOf(only).type === 'text'
    ? (textOf(fieldsOf(only).text) ?? '')
    : content;
}

function writePart(part: Part): Json[] {
  if (part.type === 'text') return [{ type: 'text', text: part.text }];
  if (part.type === 'raw') return fieldsOf(part.value).id === undefined ? [part.value] : [];
  if (part.type !== 'media') return [];
  const { mime, data } = part;
  if (data !== undefined && mime.startsWith('audio/')) {
    const format = mime.slice('audio/'.length).replace('mpeg', 'mp3');
    return [{ type: 'input_audio', input_audio: { data, format } }];
  }
  const url = urlOfMedia(part);
  if (url === undefined) return [];
  return mime.startsWith('image/')
    ? [{ type: 'image_url', image_url: { url } }]
    : [{ type: 'file', file: defined({ filename: 'file', file_data: url }) }];
}
