import type { Message, Part, Role } from '../model/observation';
import type { Json } from '../model/value';
import { fieldsOf, jsonOfText, listOf, textOf, textOfJson, type Fields } from './fields';
import { mediaOfUrl, urlOfMedia } from './media';
import { isUnedited, type Format, type RequestMessage } from './format';

/** Bodies of Responses: `instructions`, and `input` as a text or a list of items. */
export const responsesFormat: Format = {
  readMessages,
  writeMessages,
  takeFormat({ text, ...parameters }) {
    const { format, ...rest } = fieldsOf(text);
    return {
      format,
      rest: Object.keys(rest).length > 0 ? { ...parameters, text: rest } : parameters,
    };
  },
  putFormat: (body, format) => ({ ...body, text: { ...fieldsOf(body.text), format } }),
  nestedSchema: false,
};

const roles: Readonly<Record<string, Role>> = {
  ...{ system: 'system', developer: 'system', user: 'user', assistant: 'assistant' },
};

function readMessages({ input, instructions }: Fields): RequestMessage[] | undefined {
  if (typeof input !== 'string' && !Array.isArray(input)) return undefined;
  const messages: RequestMessage[] = [];
  if (typeof instructions === 'string') {
    messages.push({
      ...textMessage('system', instructions),
      wire: { place: 'instructions', value: instructions },
    });
  }
  if (typeof input === 'string') {
    messages.push({ ...textMessage('user', input), wire: { place: 'input', value: input } });
    return messages;
  }
  for (const value of listOf(input)) {
    messages.push({ ...readItem(value), wire: { place: 'item', value } });
  }
  return messages;
}

function textMessage(role: Role, text: string): Message {
  return { role, parts: [{ type: 'text', text }] };
}

/** An item of the input or of the output. */
export function readItem(value: Json): Message {
  const item = fieldsOf(value);
  const role = roles[textOf(item.role) ?? ''];
  if (role && (item.type === undefined || item.type === 'message')) {
    return { role, parts: readContent(item.content) };
  }
  const id = textOf(item.call_id);
  const name = textOf(item.name);
  if (item.type === 'function_call' && id !== undefined && name !== undefined) {
    const call = jsonOfText(textOf(item.arguments) ?? '');
    return { role: 'assistant', parts: [{ type: 'toolCall', id, name, arguments: call }] };
  }
  if (item.type === 'function_call_output' && id !== undefined) {
    const { output = null } = item;
    const result = typeof output === 'string' ? jsonOfText(output) : output;
    return { role: 'tool', parts: [{ type: 'toolResult', id, result }] };
  }
  if (item.type === 'reasoning') return { role: 'assistant', parts: [readReasoning(item)] };
  return { role: 'assistant', parts: [{ type: 'raw', value }] };
}

/** The summary, or the thinking itself where a service shows it. */
function readReasoning({ summary, content }: Fields): Part {
  const texts = [...listOf(summary), ...listOf(content)].flatMap(
    (part) => textOf(fieldsOf(part).text) ?? [],
  );
  return { type: 'reasoning', ...(texts.length > 0 && { text: texts.join('\n\n') }) };
}

function readContent(content: Json | undefined): Part[] {
  if (typeof content === 'string') return content === '' ? [] : [{ type: 'text', text: content }];
  return listOf(content).map(readPart);
}

function readPart(value: Json): Part {
  const part = fieldsOf(value);
  const text = textOf(part.text) ?? textOf(part.refusal);
  const image = textOf(part.image_url);
  const file = textOf(part.file_data) ?? textOf(part.file_url);
  const isText = ['input_text', 'output_text', 'text', 'refusal'].includes(textOf(part.type) ?? '');
  if (isText && text !== undefined) return { type: 'text', text };
  if (part.type === 'input_image' && image !== undefined) return mediaOfUrl(image);
  if (part.type === 'input_file' && file !== undefined) return mediaOfUrl(file, 'application/pdf');
  return { type: 'raw', value };
}

function writeMessages(messages: readonly RequestMessage[]): Fields {
  const [first] = messages;
  const stated = messages.find(({ wire }) => wire?.place === 'instructions');
  const isPlain = first?.role === 'system' && !first.wire && first.parts.every(isText);
  const instructions = stated ?? (isPlain ? first : undefined);
  const rest = messages.filter((message) => message !== instructions);
  const [only] = rest;
  const isInput = rest.length === 1 && only?.wire?.place === 'input' && only.parts.every(isText);
  return {
    ...(instructions && { instructions: textIn(instructions) }),
    input: isInput ? textIn(only) : rest.flatMap(writeMessage),
  };
}

function isText(part: Part): boolean {
  return part.type === 'text';
}

function textIn({ parts }: Message): string {
  return parts.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n');
}

function writeMessage(message: RequestMessage): Json[] {
  const { role, parts, wire } = message;
  if (wire?.place === 'item' && isUnedited(message, readItem)) return [wire.value];
  const before = fieldsOf(wire?.value);
  const said = roles[textOf(before.role) ?? ''] === role ? (before.role ?? role) : role;
  const content = parts.flatMap((part) => writePart(part, role));
  const [only] = content;
  const text = content.length === 1 ? textOf(fieldsOf(only).text) : undefined;
  const spoken = content.length === 0 ? [] : [{ role: said, content: text ?? content }];
  return [...spoken, ...parts.flatMap(writeItem)];
}

function writePart(part: Part, role: Role): Json[] {
  if (part.type === 'text') {
    return [{ type: role === 'assistant' ? 'output_text' : 'input_text', text: part.text }];
  }
  if (part.type === 'raw') return isContent(part.value) ? [part.value] : [];
  if (part.type !== 'media') return [];
  const url = urlOfMedia(part);
  if (url === undefined) return [];
  if (part.mime.startsWith('image/')) {
    return [{ type: 'input_image', image_url: url, detail: 'auto' }];
  }
  return part.data === undefined
    ? [{ type: 'input_file', file_url: url }]
    : [{ type: 'input_file', filename: 'file', file_data: url }];
}

function writeItem(part: Part): Json[] {
  switch (part.type) {
    case 'toolCall': {
      const { id, name } = part;
      const call = textOfJson(part.arguments);
      return [{ type: 'function_call', call_id: id, name, arguments: call }];
    }
    case 'toolResult':
      return [{ type: 'function_call_output', call_id: part.id, output: textOfJson(part.result) }];
    case 'raw':
      return isContent(part.value) ? [] : [part.value];
    default:
      return [];
  }
}

/** Parts of a message begin with the side they are on; items of the list do not. */
function isContent(value: Json): boolean {
  return /^(?:input_|output_|refusal)/.test(textOf(fieldsOf(value).type) ?? '');
}
