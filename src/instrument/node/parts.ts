import { fieldsOf, listOf, parseJson, textOf, type Fields } from './json';
import type { GenAiPart } from './reading';

/** Content as Chat Completions and Responses write it, as parts of the GenAI conventions. */
export function contentParts(content: unknown): readonly GenAiPart[] {
  if (typeof content === 'string') return content === '' ? [] : [{ type: 'text', content }];
  if (content === null || content === undefined) return [];
  return listOf(content).map(contentPart);
}

function contentPart(value: unknown): GenAiPart {
  if (typeof value === 'string') return { type: 'text', content: value };
  const part = fieldsOf(value);
  switch (part['type']) {
    case 'text':
    case 'input_text':
    case 'output_text':
    case 'summary_text':
    case 'reasoning_text':
      return { type: 'text', content: part['text'] };
    case 'refusal':
      return { type: 'refusal', content: part['refusal'] };
    case 'image_url':
      return mediaPart('image', fieldsOf(part['image_url'])['url'] ?? part['image_url']);
    case 'input_image':
      return mediaPart('image', part['image_url'] ?? part['image'] ?? part['file_id']);
    case 'input_audio':
      return audioPart(fieldsOf(part['input_audio'] ?? part['audio']));
    case 'file':
    case 'input_file':
      return filePart({ ...part, ...fieldsOf(part['file']) });
    default:
      return { ...part, type: textOf(part['type']) ?? 'unknown' };
  }
}

function mediaPart(modality: string, address: unknown): GenAiPart {
  if (typeof address !== 'string') {
    const id = fieldsOf(address)['id'];
    return { type: 'file', modality, file_id: id ?? address };
  }
  const inline = /^data:([^;,]*)(?:;[^,]*)?,/.exec(address);
  if (inline) {
    const content = address.slice(inline[0].length);
    return { type: 'blob', modality, mime_type: inline[1], content };
  }
  return /^[a-z][\w+.-]*:/i.test(address)
    ? { type: 'uri', modality, uri: address }
    : { type: 'file', modality, file_id: address };
}

function audioPart(audio: Fields): GenAiPart {
  const mime = `audio/${textOf(audio['format']) ?? 'wav'}`;
  return { type: 'blob', modality: 'audio', mime_type: mime, content: audio['data'] };
}

function filePart(file: Fields): GenAiPart {
  const { file_data: data, file_url: url, file_id: id, filename } = file;
  if (typeof data === 'string') return { ...mediaPart('document', data), filename };
  if (typeof url === 'string') return { type: 'uri', modality: 'document', uri: url };
  return { type: 'file', modality: 'document', file_id: id, filename };
}

/** A call of a tool; arguments that are no JSON stay text. */
export function toolCallPart(id: unknown, name: unknown, args: unknown): GenAiPart {
  const parsed = typeof args === 'string' ? (parseJson(args) ?? args) : args;
  return { type: 'tool_call', id, name, arguments: parsed };
}

/** Tool definitions of both interfaces in one flat form. */
export function toolDefinitions(tools: unknown): readonly unknown[] | undefined {
  const list = listOf(tools);
  if (list.length === 0) return undefined;
  return list.map((tool) => {
    const { function: inner, ...outer } = fieldsOf(tool);
    return inner === undefined ? outer : { ...outer, ...fieldsOf(inner) };
  });
}

/** The fields that are not in `known`. */
export function others(fields: Fields, known: readonly string[]): Fields | undefined {
  const rest = Object.entries(fields).filter(
    ([key, value]) => !known.includes(key) && value !== undefined && value !== null,
  );
  return rest.length > 0 ? Object.fromEntries(rest) : undefined;
}
