import type { Json } from '../../src/model/value';

const photo = 'data:image/png;base64,iVBORw0KGgo=';
const call = { id: 'c1', type: 'function', function: { name: 'look', arguments: '{ "a": 1 }' } };
export const schema = { type: 'object', properties: { a: { type: 'number' } } };

/** Bodies as they go over the wire, with everything that the two interfaces know. */
export const bodies: Readonly<Record<string, Json>> = {
  'a plain chat': { model: 'm', messages: [{ role: 'user', content: 'Hi' }] },
  'all that a chat can hold': {
    model: 'm',
    messages: [
      { role: 'developer', content: [{ type: 'text', text: 'Be kind.', cache: true }] },
      { role: 'system', name: 'x', content: 'Be brief.' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'See' },
          { type: 'image_url', image_url: { url: photo, detail: 'high' } },
          { type: 'input_audio', input_audio: { data: 'AAAA', format: 'mp3' } },
          {
            type: 'file',
            file: { filename: 'a.pdf', file_data: 'data:application/pdf;base64,AA==' },
          },
          { type: 'file', file: { file_id: 'file-1' } },
          { type: 'novel', novel: 1 },
        ],
      },
      {
        role: 'assistant',
        content: null,
        tool_calls: [call, { ...call, id: 'c2' }],
        refusal: null,
      },
      { role: 'assistant', content: '', reasoning_content: 'hm', audio: { id: 'x' } },
      { role: 'tool', tool_call_id: 'c1', content: '{"b": 2}' },
      { role: 'tool', tool_call_id: 'c2', content: [{ type: 'text', text: 'two' }] },
      { role: 'function', name: 'old', content: 'x' },
      { role: 'oracle', content: 'x' },
      { role: 'assistant', content: null, refusal: 'No.' },
    ],
    tools: [
      {
        type: 'function',
        function: { name: 'look', description: 'd', parameters: schema, strict: true },
      },
      { type: 'custom', custom: { name: 'free' } },
    ],
    tool_choice: { type: 'function', function: { name: 'look' } },
    response_format: {
      type: 'json_schema',
      json_schema: { name: 'r', strict: true, schema, extra: 1 },
    },
    ...{
      temperature: 0,
      max_tokens: 5,
      stop: ['x'],
      metadata: { a: 'b' },
      seed: null,
      unheard: [1],
    },
  },
  'a chat with empty things': {
    model: 'm',
    messages: [],
    tools: [],
    response_format: { type: 'text' },
  },
  'a chat without a model': {
    messages: [{ role: 'user', content: 'Hi' }],
    response_format: { type: 'json_object' },
  },
  'a text for Responses': { model: 'm', input: 'Hi', instructions: 'Be kind.' },
  'all that Responses can hold': {
    model: 'm',
    instructions: 'Be kind.\n',
    input: [
      { role: 'user', content: 'Hi' },
      { type: 'message', role: 'developer', content: [{ type: 'input_text', text: 'x' }] },
      {
        role: 'user',
        content: [
          { type: 'input_text', text: 'See' },
          { type: 'input_image', image_url: photo, detail: 'low' },
          { type: 'input_image', file_id: 'f', detail: 'auto' },
          { type: 'input_file', filename: 'a.pdf', file_data: 'data:application/pdf;base64,AA==' },
        ],
      },
      { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: 'gAAA' },
      { type: 'reasoning', id: 'rs_2', summary: [{ type: 'summary_text', text: 'hm' }] },
      {
        type: 'function_call',
        id: 'fc_1',
        call_id: 'c1',
        name: 'look',
        arguments: '{ "a": 1 }',
        status: 'completed',
      },
      { type: 'function_call_output', call_id: 'c1', output: '{"b": 2}' },
      { type: 'function_call_output', call_id: 'c1', output: [{ type: 'input_text', text: 'x' }] },
      {
        type: 'message',
        id: 'm_1',
        role: 'assistant',
        status: 'completed',
        content: [{ type: 'output_text', text: 'ok', annotations: [] }],
      },
      { type: 'web_search_call', id: 'ws_1', status: 'completed' },
      { type: 'item_reference', id: 'x' },
    ],
    tools: [
      { type: 'function', name: 'look', description: null, parameters: schema, strict: true },
      { type: 'web_search', search_context_size: 'low' },
    ],
    text: { verbosity: 'low', format: { type: 'json_schema', name: 'r', strict: true, schema } },
    ...{
      include: [],
      store: false,
      reasoning: { effort: 'low', summary: null },
      previous_response_id: 'resp_1',
    },
  },
  'Responses with empty things': { model: 'm', input: [], instructions: null, tools: [], text: {} },
  'Responses with a format alone': {
    model: 'm',
    input: 'x',
    text: { format: { type: 'json_schema', name: 'r', schema } },
  },
};
