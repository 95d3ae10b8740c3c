import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ModelScript } from '../../../examples/support-agent/model/server.mjs';
import { jsonAt, startCatcher, textAt, treeOf, type Catcher, type CaughtSpan } from './catcher';
import { lineOf, program, run, startModel, type Outcome } from './harness';

const ways =
  'chat chatStream chatHelper chatTools chatImage responses responsesStream responsesHelper ' +
  'embeddings withResponse asResponse unread tee leave models refused busy retried unreachable';

/** `npm`'s own copy, and older releases where `scripts/nodes.mjs` has fetched them. */
const releases = [
  ['7', '.'],
  ['6', '.cache/sdks/openai-6'],
  ['5', '.cache/sdks/openai-5'],
  ['4', '.cache/sdks/openai-4'],
].filter(([, folder]) => existsSync(`${folder}/node_modules/openai`));

function script(): ModelScript {
  let asked = 0;
  return (request) => {
    if (request.lastUserText === 'refuse') return { error: 401 };
    if (request.lastUserText === 'busy') return { error: 429 };
    if (request.lastUserText === 'again' && asked++ === 0) return { error: 503 };
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

const cases = releases.flatMap(([release = '', folder = '']) =>
  ['esm', 'cjs'].map((format) => ({ release, folder, format })),
);

describe.each(cases)('openai $release as $format', ({ folder, format, release }) => {
  let catcher: Catcher;
  let plain: Outcome;
  let outcome: Outcome;
  const names = ways.split(' ');
  const spans = (): readonly CaughtSpan[] => catcher.spans();
  const nth = (index: number): CaughtSpan => {
    const span = spans()[index];
    if (!span) throw new Error(`no span ${index} in\n${treeOf(spans())}`);
    return span;
  };

  beforeAll(async () => {
    catcher = await startCatcher();
    const runWith = async (endpoint?: string): Promise<Outcome> => {
      const model = await startModel({ script: script() });
      const env = { ...model.env, SDK: resolve(folder), MODULE: format };
      const args = [program('client.mjs'), ...names];
      const result = await run({ args, env, ...(endpoint ? { endpoint } : {}) });
      await model.close();
      return result;
    };
    [plain, outcome] = await Promise.all([runWith(), runWith(catcher.endpoint)]);
  });
  afterAll(() => catcher.close());

  test('gives the program exactly what it gives without the hook', () => {
    expect(outcome.stdout).toBe(plain.stdout);
    expect(outcome.stderr).toBe(plain.stderr);
    expect(outcome.code).toBe(0);
  });

  test('makes one observation of each call, retries included', () => {
    expect(treeOf(spans()).split('\n')).toEqual([
      'generation chat gpt-4o-mini',
      'generation chat gpt-4o-mini',
      'generation chat gpt-4o-mini',
      'generation chat gpt-4o-mini',
      'generation chat gpt-4o-mini',
      'generation chat gpt-4o-mini',
      'generation chat gpt-4o-mini',
      'generation chat gpt-4o-mini',
      'embedding embeddings text-embedding-3-small',
      'generation chat gpt-4o-mini',
      'generation chat gpt-4o-mini',
      'generation chat gpt-4o-mini',
      'generation chat gpt-4o-mini',
      'generation chat gpt-4o-mini',
      'generation chat gpt-4o-mini (error)',
      'generation chat gpt-4o-mini (error)',
      'generation chat gpt-4o-mini',
      'generation chat gpt-4o-mini (error)',
    ]);
    expect(outcome.notes).toContainEqual(expect.objectContaining({ name: 'openai' }));
    expect(String(outcome.notes[1]?.['version']).split('.')[0]).toBe(release);
  });

  test.each([0, 1, 5, 6])('reads usage, models and messages of call %i', (index) => {
    const { attributes } = nth(index);
    expect(attributes).toMatchObject({
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
    expect(jsonAt(nth(index), 'gen_ai.output.messages')).toMatchObject([
      { role: 'assistant', parts: [{ type: 'text', content: 'Hello there' }] },
    ]);
    expect(textAt(nth(index), 'gen_ai.input.messages')).toContain('Say hello');
    expect(jsonAt(nth(index), 'glassbox.request.body')).toMatchObject({ model: 'gpt-4o-mini' });
  });

  test('keeps event streams as they came and times their first token', () => {
    for (const index of [1, 2, 6, 7, 12]) {
      expect(textAt(nth(index), 'glassbox.response.body')).toMatch(/^(event: .*\n)?data: \{/);
      const seconds = nth(index).attributes['gen_ai.response.time_to_first_chunk'];
      expect(seconds).toBeGreaterThan(0);
    }
    expect(nth(0).attributes['gen_ai.response.time_to_first_chunk']).toBeUndefined();
  });

  test('reads tool calls and images', () => {
    expect(jsonAt(nth(3), 'gen_ai.output.messages')).toMatchObject([
      {
        parts: [{ type: 'tool_call', name: 'tide', arguments: { port: 'Brest' } }],
        finish_reason: 'tool_call',
      },
    ]);
    expect(jsonAt(nth(3), 'gen_ai.tool.definitions')).toMatchObject([{ name: 'tide' }]);
    expect(jsonAt(nth(4), 'gen_ai.input.messages')).toMatchObject([
      {
        role: 'user',
        parts: [
          { type: 'text', content: 'Say hello' },
          { type: 'blob', modality: 'image', mime_type: 'image/png', content: 'iVBORw0KGgo=' },
        ],
      },
    ]);
  });

  test('reads embeddings without repeating the vectors', () => {
    expect(nth(8).attributes).toMatchObject({ 'gen_ai.operation.name': 'embeddings' });
    expect(jsonAt(nth(8), 'glassbox.input')).toEqual(['a', 'b']);
  });

  test('knows why a call failed', () => {
    expect(nth(14)).toMatchObject({
      attributes: { 'error.type': 'AuthenticationError', 'http.response.status_code': 401 },
    });
    expect(nth(14).events).toMatchObject([{ name: 'exception' }]);
    expect(nth(15).attributes).toMatchObject({
      'error.type': 'RateLimitError',
      'http.response.status_code': 429,
    });
    expect(nth(16).attributes).toMatchObject({ 'http.response.status_code': 200 });
    expect(nth(17).attributes).toMatchObject({ 'error.type': 'APIConnectionError' });
  });

  test('points at the line of the call', () => {
    expect(nth(0).attributes).toMatchObject({
      'code.file.path': program('client.mjs'),
      'code.line.number': lineOf('client.mjs', 'temperature: 0.5'),
    });
  });
});
