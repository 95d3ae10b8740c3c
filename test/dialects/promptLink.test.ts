import { expect, test } from 'vitest';
import { observe } from '../../src/dialects/observe';
import { spanOf } from './span';

const metadata = JSON.stringify({
  'gen_ai.prompt.name': 'orders',
  'gen_ai.prompt.version': 2,
  'glassbox.prompt.hash': 'abc',
  tenant: 'acme',
});

test('metadata of a trace of our hook names its prompt', () => {
  const span = spanOf({
    scope: 'glassbox',
    attributes: { 'glassbox.observation.kind': 'chain', 'glassbox.metadata': metadata },
  });
  expect(observe(span, [])).toMatchObject({
    prompt: { name: 'orders', version: '2', hash: 'abc' },
    metadata: { tenant: 'acme' },
  });
});

test('metadata of a trace through Logfire names its prompt', () => {
  const span = spanOf({
    scope: 'logfire.openai_agents',
    name: 'OpenAI Agents trace: {name}',
    attributes: { metadata, name: 'Support request' },
  });
  expect(observe(span, []).prompt).toEqual({ name: 'orders', version: '2', hash: 'abc' });
});

test.each(['{}', 'gen_ai.prompt.name', '{"gen_ai.prompt.version":"1"}'])(
  'metadata %s names none',
  (text) => {
    const span = spanOf({ scope: 'glassbox', attributes: { 'glassbox.metadata': text } });
    expect(observe(span, []).prompt).toBeUndefined();
  },
);
