import { fieldsOf, listOf, numberOf, textOf } from './json';
import { others } from './parts';
import { defined, type Interface } from './reading';

/** Embeddings; the vectors stay in the response body. */
export const embeddings: Interface = {
  operation: 'embeddings',
  kind: 'embedding',
  readRequest: (body) => {
    const request = fieldsOf(body);
    const format = textOf(request['encoding_format']);
    return {
      attributes: defined({
        'gen_ai.request.model': textOf(request['model']),
        'gen_ai.request.encoding_formats': format ? [format] : undefined,
        'gen_ai.embeddings.dimension.count': numberOf(request['dimensions']),
      }),
      parameters: others(request, ['model', 'input']),
    };
  },
  readResponse: (body) => {
    const response = fieldsOf(body);
    const first = fieldsOf(listOf(response['data'])[0])['embedding'];
    return {
      attributes: defined({
        'gen_ai.response.model': textOf(response['model']),
        'gen_ai.usage.input_tokens': numberOf(fieldsOf(response['usage'])['prompt_tokens']),
        'gen_ai.embeddings.dimension.count': Array.isArray(first) ? first.length : undefined,
      }),
    };
  },
  joinEvents: () => undefined,
  isContent: () => false,
};
