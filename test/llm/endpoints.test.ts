import { describe, expect, test } from 'vitest';
import { endpointsOf, parseModelName } from '../../src/llm/endpoints';

describe('names of models', () => {
  test.each([
    ['openai/gpt-5-mini', 'openai', 'gpt-5-mini'],
    ['gpt-5-mini', 'openai', 'gpt-5-mini'],
    ['router/meta-llama/llama-4', 'router', 'meta-llama/llama-4'],
    [' local/llama3:8b ', 'local', 'llama3:8b'],
    ['local/model with spaces', 'local', 'model with spaces'],
  ])('%s', (text, endpoint, model) => {
    expect(parseModelName(text)).toEqual({ endpoint, model });
  });
  test.each(['', ' ', 'openai/', '/gpt', '/'])('%j names none', (text) => {
    expect(() => parseModelName(text)).toThrow(/names no model: write endpoint\/model/);
  });
});

describe('endpoints of the environment', () => {
  const cases: [string, string, Record<string, string>, object][] = [
    ['openai without anything', 'openai', {}, { url: 'https://api.openai.com/v1', key: undefined }],
    [
      'openai as its own clients know it',
      'openai',
      { OPENAI_BASE_URL: 'http://a/v1', OPENAI_API_KEY: 'k' },
      { url: 'http://a/v1', key: 'k' },
    ],
    [
      'our own variables first',
      'openai',
      {
        ...{ OPENAI_BASE_URL: 'http://a/v1', OPENAI_API_KEY: 'k' },
        ...{ GLASSBOX_MODEL_OPENAI_URL: 'http://b/v1', GLASSBOX_MODEL_OPENAI_KEY: 'l' },
      },
      { url: 'http://b/v1', key: 'l' },
    ],
    [
      'any other',
      'my-local.1',
      { GLASSBOX_MODEL_MY_LOCAL_1_URL: 'http://b' },
      { url: 'http://b', key: undefined },
    ],
    [
      'set to nothing is not set',
      'openai',
      { OPENAI_BASE_URL: '', OPENAI_API_KEY: ' ' },
      { url: 'https://api.openai.com/v1', key: undefined },
    ],
  ];
  test.each(cases)('%s', async (...[, name, env, expected]) => {
    expect(await endpointsOf(env)(name)).toMatchObject({ name, ...expected });
  });

  test('another endpoint is never given the key of OpenAI', async () => {
    const env = { OPENAI_API_KEY: 'k', GLASSBOX_MODEL_LOCAL_URL: 'http://b' };
    expect((await endpointsOf(env)('local')).key).toBeUndefined();
  });

  test('an unknown one is told with the variable to set', async () => {
    await expect(endpointsOf({})('my-local')).rejects.toMatchObject({
      name: 'UserError',
      message: expect.stringContaining('set GLASSBOX_MODEL_MY_LOCAL_URL to the address') as string,
    });
  });

  test.each(['localhost:11434', 'file:///etc', 'http:'])('%s is no address', async (url) => {
    await expect(endpointsOf({ GLASSBOX_MODEL_A_URL: url })('a')).rejects.toThrow(/is no address/);
  });
});
