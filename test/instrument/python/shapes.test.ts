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
import { patience, program, python, run } from './harness';

const call = 'generation chat gpt-5-mini';

/** What the program prints for each way, and the tree it must leave. */
const ways: Readonly<Record<string, readonly [printed: string, tree: string]>> = {
  tripwire: [
    'InputGuardrailTripwireTriggered',
    `chain Agent workflow (error)
  agent invoke_agent Guarded (error)
    guardrail no`,
  ],
  turns: [
    'MaxTurnsExceeded',
    `chain Agent workflow (error)
  agent invoke_agent Endless (error)
    ${call}
    tool execute_tool again
    ${call}
    tool execute_tool again`,
  ],
  refused: [
    'AuthenticationError',
    `chain Agent workflow (error)
  agent invoke_agent Refused (error)
    ${call} (error)`,
  ],
  nested: [
    '"outer"',
    `chain Agent workflow
  agent invoke_agent Outer
    ${call}
    tool execute_tool ask_inner
      agent invoke_agent Inner
        ${call}
    ${call}`,
  ],
  inside: [
    '"embedded too"',
    `chain Agent workflow
  agent invoke_agent Caller
    ${call}
    tool execute_tool embed
      embedding embeddings text-embedding-3-small
    ${call}`,
  ],
  parallel: [
    '"both came"',
    `chain Agent workflow
  agent invoke_agent Both
    ${call}
    tool execute_tool left
    tool execute_tool right
    ${call}`,
  ],
  structured: [
    '"{\\"answer\\":4}"',
    `chain Agent workflow
  agent invoke_agent Typed
    ${call}`,
  ],
  twice: [
    '"said two"',
    `chain Two runs
  agent invoke_agent First
    ${call}
  span between
  agent invoke_agent Second
    ${call}`,
  ],
  sync: [
    '"said one"',
    `chain Agent workflow
  agent invoke_agent Sync
    ${call}`,
  ],
};

const script: ModelScript = (request) => {
  const { lastUserText, toolResults, tools } = request;
  if (request.api === 'embeddings') return {};
  if (lastUserText === 'refuse') return { error: 401 };
  if (lastUserText === 'typed') return { json: { answer: 4 } };
  if (lastUserText === 'loop') return { toolCalls: [{ name: 'again', arguments: {} }] };
  if (tools.length === 0) return `said ${lastUserText}`;
  if (toolResults.length === 0) {
    return {
      toolCalls: tools.map(({ name = '' }) => ({
        name,
        arguments: name === 'ask_inner' ? { input: 'inner' } : {},
      })),
    };
  }
  const answers: Record<string, string> = { nest: 'outer', embed: 'embedded too' };
  return answers[lastUserText] ?? (lastUserText === 'both' ? 'both came' : 'given');
};

/** Everything a tool may return, and what must be shown of it. */
const values: Readonly<Record<string, unknown>> = {
  circle: { name: 'loop', self: '[circular]' },
  bytes: { type: 'bytes', size: 3, base64: 'AAEC' },
  image: { mime: 'image/png', data: { type: 'bytes', size: 400 } },
  odd: 'an odd thing',
  broken: { inner: '[unreadable: RuntimeError]', fine: 1 },
  model: { answer: 4 },
  number: 'nan',
  half: 'half of \ud83d a character',
  keys: { "('a', 1)": [2, 3] },
};

describe.skipIf(python.missing)('runs of unusual shape', () => {
  let catcher: Catcher;
  let outcome: Outcome;
  let plain: Outcome;
  const names = [
    ...Object.keys(ways),
    'crossing',
    ...Object.keys(values).map((v) => `value:${v}`),
    'value:huge',
  ];
  /** The spans of each trace, in the order in which the traces began. */
  const traces = (): readonly (readonly CaughtSpan[])[] => {
    const spans = catcher.spans();
    const ids = [...new Set(spans.map((span) => span.traceId))];
    return ids.map((id) => spans.filter((span) => span.traceId === id));
  };
  const crossed = 3;
  const traceOf = (name: string): readonly CaughtSpan[] => {
    const index = names.indexOf(name);
    const after = index > names.indexOf('crossing') ? crossed - 1 : 0;
    return traces()[index + after] ?? [];
  };
  const toolOf = (name: string): CaughtSpan => {
    const span = traceOf(`value:${name}`).find((one) => one.name === 'execute_tool give');
    if (!span) throw new Error(`no tool in\n${treeOf(traceOf(`value:${name}`))}`);
    return span;
  };

  beforeAll(async () => {
    catcher = await startCatcher();
    const model = await startModel({ script });
    const args = [program('shapes.py'), ...names];
    const env = { ...model.env, OPENAI_AGENTS_DONT_LOG_TOOL_DATA: '1' };
    [plain, outcome] = await Promise.all([
      run({ args, env }),
      run({ args, env, endpoint: catcher.endpoint }),
    ]);
    await model.close();
  }, patience);
  afterAll(() => catcher.close());

  test('go as without the hook', () => {
    expect(outcome.stdout).toBe(plain.stdout);
    expect(outcome.stderr).toBe(plain.stderr);
    expect(outcome.code).toBe(0);
  });

  test.each(Object.entries(ways))('%s', (name, [printed, tree]) => {
    expect(outcome.stdout.split('\n')).toContain(`${name} ${printed}`);
    expect(treeOf(traceOf(name))).toBe(tree);
  });

  test('runs at the same time keep to their own traces', () => {
    const at = names.indexOf('crossing');
    const roots = traces().slice(at, at + crossed);
    expect(roots.map((spans) => spans.length)).toEqual([3, 3, 3]);
    for (const spans of roots) expect(spans[1]?.name).toBe(`invoke_agent ${spans[0]?.name}`);
  });

  test('a trace made by hand gives its group as the session', () => {
    expect(traceOf('twice')[0]?.attributes).toMatchObject({ 'session.id': 'thread-1' });
    const between = traceOf('twice').find((span) => span.name === 'between');
    expect(between?.attributes['glassbox.input']).toBe('{"step":1}');
  });

  test('an error is named with its traceback', () => {
    const failed = traceOf('refused')[0];
    expect(failed?.attributes['error.type']).toBe('AuthenticationError');
    expect(failed?.events[0]?.attributes['exception.stacktrace']).toContain('Traceback');
  });

  test.each(Object.entries(values))('a tool that returns %s', (name, shown) => {
    const output = jsonAt(toolOf(name), 'glassbox.output');
    if (typeof shown === 'object') expect(output).toMatchObject(shown as object);
    else expect(output).toBe(shown);
  });

  test('a tool that returns 26 MB is cut, and says by how much', () => {
    const tool = toolOf('huge');
    const kept = Buffer.byteLength(textAt(tool, 'glassbox.output') ?? '');
    expect(kept).toBeLessThanOrEqual(20 * 1024 * 1024 + 64);
    const cut = jsonAt(tool, 'glassbox.cut') as Record<string, number>;
    expect(cut['glassbox.output']).toBe(26 * 1024 * 1024 - (kept - 2));
  });
});
