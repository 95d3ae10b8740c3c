import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ModelScript } from '../../../examples/support-agent/model/server.mjs';
import {
  jsonAt,
  startCatcher,
  textAt,
  treeOf,
  type Catcher,
  type CaughtSpan,
} from '../node/catcher';
import { startModel, type Outcome } from '../node/harness';
import { lineOf, oldest, patience, program, python, run } from './harness';

const chat = 'generation chat gpt-4o-mini';

/** Each way of using the client, and the observations it must make. */
const ways: Readonly<Record<string, readonly string[]>> = {
  chat: [chat],
  chat_stream: [chat],
  chat_helper: [chat],
  chat_tools: [chat],
  chat_image: [chat],
  parse: [chat],
  responses: [chat],
  responses_stream: [chat],
  embeddings: ['embedding embeddings text-embedding-3-small'],
  raw: [chat],
  streaming_response: [chat],
  async_chat: [chat],
  async_stream: [chat],
  gathered: [chat, chat, chat],
  left: [chat],
  models: [],
  refused: [`${chat} (error)`],
  busy: [`${chat} (error)`],
  retried: [chat],
  torn_once: [chat],
  torn: [`${chat} (error)`],
  cancelled: [`${chat} (error)`],
  unserialisable: [],
  unreachable: [`${chat} (error)`],
};
const names = Object.keys(ways);

function script(): ModelScript {
  let asked = 0;
  let torn = 0;
  return (request) => {
    if (request.lastUserText === 'refuse') return { error: 401 };
    if (request.lastUserText === 'busy') return { error: 429 };
    if (request.lastUserText === 'again' && asked++ === 0) return { error: 503 };
    if (request.lastUserText === 'torn once' && torn++ === 0) return { text: 'h', cut: true };
    if (request.lastUserText === 'torn') return { text: 'half', cut: true };
    if (request.lastUserText === 'slow') return { text: 'late', delayMs: 3_000 };
    if (request.lastUserText === 'typed') return { json: { answer: 4 } };
    if (request.lastUserText === 'tide?') {
      return { toolCalls: [{ name: 'tide', arguments: { port: 'Brest' } }] };
    }
    if (request.api === 'embeddings') return {};
    return {
      chunks: ['Hel', 'lo ', 'there'],
      usage: { input: 20, cached: 8, output: 5, reasoning: 2 },
    };
  };
}

const newest = { release: '3.57.0', interpreter: python };
const first = { release: '1.109.1', interpreter: oldest };

const describeRelease = ({ release, interpreter }: typeof newest): void => {
  let catcher: Catcher;
  let plain: Outcome;
  let outcome: Outcome;
  const spansOf = (name: string): readonly CaughtSpan[] => {
    const before = names.slice(0, names.indexOf(name)).flatMap((one) => ways[one] ?? []).length;
    return catcher.spans().slice(before, before + (ways[name] ?? []).length);
  };
  const spanOf = (name: string): CaughtSpan => {
    const [span] = spansOf(name);
    if (!span) throw new Error(`no span of ${name} in\n${treeOf(catcher.spans())}`);
    return span;
  };

  beforeAll(async () => {
    catcher = await startCatcher();
    const runWith = async (endpoint?: string): Promise<Outcome> => {
      const model = await startModel({ script: script() });
      const args = [program('client.py'), ...names];
      const command = interpreter.executable;
      const options = { command, args, env: model.env };
      const result = await run({ ...options, ...(endpoint ? { endpoint } : {}) });
      await model.close();
      return result;
    };
    [plain, outcome] = await Promise.all([runWith(), runWith(catcher.endpoint)]);
  }, patience);
  afterAll(() => catcher.close());

  test('gives the program exactly what it gives without the hook', () => {
    expect(outcome.stdout).toBe(plain.stdout);
    expect(outcome.stderr).toBe(plain.stderr);
    expect(outcome.code).toBe(0);
  });

  test('makes one observation of each call, retries included', () => {
    expect(treeOf(catcher.spans()).split('\n')).toEqual(names.flatMap((name) => ways[name] ?? []));
    expect(outcome.notes).toContainEqual(
      expect.objectContaining({ name: 'openai', version: release }),
    );
    expect(outcome.notes.at(-1)).toEqual({ event: 'exported', spans: catcher.spans().length });
  });

  test.each(['chat', 'chat_stream', 'responses', 'responses_stream', 'raw', 'async_chat'])(
    'reads usage, models and messages of %s',
    (name) => {
      const span = spanOf(name);
      expect(span.attributes).toMatchObject({
        'gen_ai.provider.name': 'openai',
        'gen_ai.request.model': 'gpt-4o-mini',
        'gen_ai.response.model': 'gpt-4o-mini-2024-07-18',
        'gen_ai.usage.input_tokens': 20,
        'gen_ai.usage.cache_read.input_tokens': 8,
        'gen_ai.usage.output_tokens': 5,
        'gen_ai.usage.reasoning.output_tokens': 2,
        'gen_ai.response.finish_reasons': ['stop'],
        'http.response.status_code': 200,
      });
      expect(jsonAt(span, 'gen_ai.output.messages')).toMatchObject([
        { role: 'assistant', parts: [{ type: 'text', content: 'Hello there' }] },
      ]);
      expect(textAt(span, 'gen_ai.input.messages')).toContain('Say hello');
      expect(jsonAt(span, 'glassbox.request.body')).toMatchObject({ model: 'gpt-4o-mini' });
    },
  );

  test.each(['chat_stream', 'chat_helper', 'responses_stream', 'async_stream'])(
    'keeps the event stream of %s as it came and times its first token',
    (name) => {
      expect(textAt(spanOf(name), 'glassbox.response.body')).toMatch(/^(event: .*\n)?data: \{/);
      expect(spanOf(name).attributes['gen_ai.response.time_to_first_chunk']).toBeGreaterThan(0);
    },
  );

  test('times no first token where nothing was streamed', () => {
    expect(spanOf('chat').attributes['gen_ai.response.time_to_first_chunk']).toBeUndefined();
  });

  test('keeps parallel calls apart', () => {
    const bodies = spansOf('gathered').map((span) => jsonAt(span, 'glassbox.request.body'));
    expect(new Set(bodies.map((body) => JSON.stringify(body))).size).toBe(3);
  });

  test('reads tool calls, images and structured answers', () => {
    expect(jsonAt(spanOf('chat_tools'), 'gen_ai.output.messages')).toMatchObject([
      {
        parts: [{ type: 'tool_call', name: 'tide', arguments: { port: 'Brest' } }],
        finish_reason: 'tool_call',
      },
    ]);
    expect(jsonAt(spanOf('chat_tools'), 'gen_ai.tool.definitions')).toMatchObject([
      { name: 'tide' },
    ]);
    expect(jsonAt(spanOf('chat_image'), 'gen_ai.input.messages')).toMatchObject([
      {
        role: 'user',
        parts: [
          { type: 'text', content: 'Say hello' },
          { type: 'blob', modality: 'image', mime_type: 'image/png', content: 'iVBORw0KGgo=' },
        ],
      },
    ]);
    expect(spanOf('parse').attributes['gen_ai.output.type']).toBe('json');
  });

  test('reads embeddings without repeating the vectors', () => {
    expect(spanOf('embeddings').attributes['gen_ai.operation.name']).toBe('embeddings');
    expect(jsonAt(spanOf('embeddings'), 'glassbox.input')).toEqual(['a', 'b']);
  });

  test('says what was left unread', () => {
    const body = textAt(spanOf('left'), 'glassbox.response.body') ?? '';
    expect(body).not.toContain('[DONE]');
  });

  test.each([
    ['refused', { 'error.type': 'AuthenticationError', 'http.response.status_code': 401 }],
    ['busy', { 'error.type': 'RateLimitError', 'http.response.status_code': 429 }],
    ['torn', { 'error.type': 'APIConnectionError', 'http.response.status_code': 200 }],
    ['cancelled', { 'error.type': 'Cancelled' }],
    ['unreachable', { 'error.type': 'APIConnectionError' }],
  ])('knows why the call failed: %s', (name, attributes) => {
    expect(spanOf(name).attributes).toMatchObject(attributes);
    expect(spanOf(name).events).toMatchObject([{ name: 'exception' }]);
  });

  test('takes the answer of a retry', () => {
    expect(spanOf('retried').attributes['http.response.status_code']).toBe(200);
  });

  test('points at the line of the call', () => {
    expect(spanOf('chat').attributes).toMatchObject({
      'code.file.path': program('client.py'),
      'code.line.number': lineOf('client.py', 'answer = client.chat.completions.create('),
      'code.function.name': 'chat',
    });
  });
};

describe.skipIf(python.missing)('the openai client, newest', () => describeRelease(newest));
describe.skipIf(oldest.missing)('the openai client, oldest', () => describeRelease(first));
