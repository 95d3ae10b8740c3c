import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ModelScript, ModelServer } from '../../../examples/support-agent/model/server.mjs';
import { jsonAt, spanNamed, startCatcher, textAt, treeOf, type CaughtSpan } from './catcher';
import { program, run, startModel } from './harness';

const call = (name: string, args: unknown = {}) => ({ toolCalls: [{ name, arguments: args }] });

const script: ModelScript = (request) => {
  if (request.api === 'embeddings') return {};
  const answered = request.toolResults.length > 0;
  const [text] = request.lastUserText.split(' ');
  if (text === 'refuse') return { error: 401 };
  if (text === 'loop') return call('again');
  if (text === 'typed') return { json: { answer: 42 } };
  if (answered) return 'done';
  if (text === 'nest') return call('ask_inner', { input: 'what?' });
  if (text === 'embed') return call('embed');
  if (text === 'both') return { toolCalls: [{ name: 'left' }, { name: 'right' }] };
  if (request.tools.some((tool) => tool.name === text)) return call(text ?? '');
  return 'hello';
};

let model: ModelServer & { env: Record<string, string> };
beforeAll(async () => {
  model = await startModel({ script });
});
afterAll(() => model.close());

async function spansOf(
  way: string,
  env: Record<string, string> = {},
): Promise<{ spans: readonly CaughtSpan[]; stdout: string }> {
  const catcher = await startCatcher();
  const common = { args: [program('shapes.mjs'), way] };
  const plain = await run({
    ...common,
    env: { ...model.env, ...env, OPENAI_AGENTS_DISABLE_TRACING: '1' },
  });
  const hooked = await run({
    ...common,
    env: { ...model.env, ...env, GLASSBOX_LOCAL_ONLY: '1' },
    endpoint: catcher.endpoint,
  });
  expect(hooked).toMatchObject({ code: plain.code, stdout: plain.stdout, stderr: plain.stderr });
  await catcher.close();
  return { spans: catcher.spans(), stdout: hooked.stdout };
}

test.each([
  [
    'tripwire',
    `chain Agent workflow (error)
  agent invoke_agent Guarded (error)
    guardrail no`,
  ],
  [
    'turns',
    `chain Agent workflow (error)
  agent invoke_agent Endless (error)
    generation chat gpt-5-mini
    tool execute_tool again
    generation chat gpt-5-mini
    tool execute_tool again`,
  ],
  [
    'refused',
    `chain Agent workflow (error)
  agent invoke_agent Refused (error)
    generation chat gpt-5-mini (error)`,
  ],
  [
    'nested',
    `chain Agent workflow
  agent invoke_agent Outer
    generation chat gpt-5-mini
    tool execute_tool ask_inner
      agent invoke_agent Inner
        generation chat gpt-5-mini
    generation chat gpt-5-mini`,
  ],
  [
    'inside',
    `chain Agent workflow
  agent invoke_agent Caller
    generation chat gpt-5-mini
    tool execute_tool embed
      embedding embeddings text-embedding-3-small
    generation chat gpt-5-mini`,
  ],
  [
    'parallel',
    `chain Agent workflow
  agent invoke_agent Both
    generation chat gpt-5-mini
    tool execute_tool left
    tool execute_tool right
    generation chat gpt-5-mini`,
  ],
  [
    'structured',
    `chain Agent workflow
  agent invoke_agent Typed
    generation chat gpt-5-mini`,
  ],
  [
    'twice',
    `chain Two runs
  agent invoke_agent First
    generation chat gpt-5-mini
  span between
  agent invoke_agent Second
    generation chat gpt-5-mini`,
  ],
])('%s has the right shape', async (way, tree) => {
  const { spans } = await spansOf(way);
  expect(treeOf(spans)).toBe(tree);
});

test('runs side by side keep their own traces', async () => {
  const { spans } = await spansOf('crossing');
  for (const name of ['a', 'b', 'c']) {
    const { traceId } = spanNamed(spans, name);
    expect(treeOf(spans.filter((span) => span.traceId === traceId))).toBe(
      `chain ${name}\n  agent invoke_agent ${name}\n    generation chat gpt-5-mini`,
    );
  }
});

test('a failed model call says what was asked and why it failed', async () => {
  const { spans } = await spansOf('refused');
  const failed = spanNamed(spans, 'chat gpt-5-mini');
  expect(failed.attributes).toMatchObject({
    'http.response.status_code': 401,
    'error.type': 'AuthenticationError',
  });
  expect(failed.statusMessage).toContain('401');
  expect(textAt(failed, 'gen_ai.input.messages')).toContain('refuse');
  expect(textAt(failed, 'glassbox.response.body')).toContain('"error"');
});

test('a tripped guardrail says so', async () => {
  const { spans } = await spansOf('tripwire');
  expect(jsonAt(spanNamed(spans, 'no'), 'glassbox.output')).toEqual({ triggered: true });
});

test('a structured output is the output of agent and trace', async () => {
  const { spans } = await spansOf('structured');
  for (const name of ['Agent workflow', 'invoke_agent Typed']) {
    expect(jsonAt(spanNamed(spans, name), 'glassbox.output')).toEqual({ answer: 42 });
  }
  expect(spanNamed(spans, 'chat gpt-5-mini').attributes['gen_ai.output.type']).toBe('json');
});

test('a custom span keeps its data, a trace its session', async () => {
  const { spans } = await spansOf('twice');
  expect(jsonAt(spanNamed(spans, 'between'), 'glassbox.input')).toEqual({ step: 1 });
  expect(spanNamed(spans, 'Two runs').attributes['session.id']).toBe('thread-1');
});

test.each(['circle', 'big', 'bytes'])('a tool may return anything (%s)', async (value) => {
  const { spans } = await spansOf('values', { VALUE: value });
  const span = spanNamed(spans, `execute_tool ${value}`);
  expect(textAt(span, 'glassbox.output')).toBeTruthy();
});

test('25 MB of a tool arrive cut, and say by how much', async () => {
  const { spans } = await spansOf('values', { VALUE: 'huge' });
  const limit = 20 * 1024 * 1024;
  const tool = spanNamed(spans, 'execute_tool huge');
  expect(textAt(tool, 'glassbox.output')).toHaveLength(limit + 2);
  expect(jsonAt(tool, 'glassbox.cut')).toEqual({ 'glassbox.output': 5 * 1024 * 1024 });
  const next = spanNamed(spans, 'chat gpt-5-mini', 1);
  expect(textAt(next, 'glassbox.request.body')).toHaveLength(limit);
  const cut = jsonAt(next, 'glassbox.cut') as Record<string, number>;
  expect(cut['glassbox.request.body']).toBeGreaterThan(5 * 1024 * 1024);
  expect(textAt(next, 'gen_ai.output.messages')).toContain('done');
});
