import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Json } from '../../src/model/value';
import { parseAgents } from '../../src/run/agents';
import { harnessCommand } from '../../src/run/functionHarness/command';
import { sampleVenv } from '../examples/venv';
import { FunctionHarness } from '../../src/run/functionHarness/functionHarness';

/** Real processes, Python and Node, with functions that behave and functions that do not. */

const programs = resolve('test/experiments/programs');
let hooksFolder = '';
beforeAll(() => {
  hooksFolder = mkdtempSync(join(tmpdir(), 'glassbox-harness-'));
  execFileSync(process.execPath, ['scripts/hooks.mjs', hooksFolder]);
});
afterAll(() => rmSync(hooksFolder, { recursive: true, force: true }));

const open: FunctionHarness[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((harness) => harness.close()));
});

function start(target: object): FunctionHarness {
  const { agents } = parseAgents(JSON.stringify([{ name: 'a', ...target }]));
  const context = { folder: programs, hooksFolder, node: process.execPath };
  const command = harnessCommand(agents[0]!, context);
  if (!command) throw new Error('not a function');
  const { PATH, HOME } = process.env;
  const harness = new FunctionHarness({ command, cwd: programs, env: { PATH, HOME } });
  open.push(harness);
  return harness;
}

async function call(harness: FunctionHarness, input: Json, timeoutMs = 20_000) {
  return harness.call({ input, timeoutMs, attributes: {} });
}

const python = { python: 'agent.py:act' };
const pythonAsync = { python: 'agent.py:act_async' };
const node = { node: 'agent.mjs#act' };

describe.each([
  ['Python', python],
  ['Python, a coroutine', pythonAsync],
  ['Node', node],
])('%s', (_, target) => {
  test.each<[Json, Json]>([
    ['x', 'did x'],
    [{ deep: [1, null, 'ü \u2028'] }, { deep: [1, null, 'ü \u2028'] }],
    ['nothing', null],
    ['flood', 'did flood'],
    ['fork', 'did fork'],
    [null, null],
  ])('%j gives %j', async (input, output) => {
    const result = await call(start(target), input);
    expect(result).toMatchObject({ output });
    expect(result.traceId).toMatch(/^[0-9a-f]{32}$/);
    expect(result.durationMs).toBeGreaterThan(0);
  });

  test.each([
    ['raise', /^(?:ValueError|NotFound): no such order$/],
    ['exit', /sys\.exit\(3\)|exit code 3/],
    ['crash', /exit code (?:7|1)/],
    ['kill', /SIGKILL/],
  ])('%s is the end of one case', async (input, error) => {
    const harness = start(target);
    expect(await call(harness, input)).toMatchObject({
      error: expect.stringMatching(error) as string,
    });
    expect(await call(harness, 'next')).toMatchObject({ output: 'did next' });
  });

  test('a case that hangs is late, and holds up no other', async () => {
    const harness = start(target);
    expect(await call(harness, 'first')).toMatchObject({ output: 'did first' });
    const results = await Promise.all([
      call(harness, 'hang', 400),
      ...['a', 'b', 'c'].map((input) => call(harness, input)),
    ]);
    expect(results.map((result) => ('error' in result ? result.error : result.output))).toEqual([
      'It took longer than 0.4 s.',
      ...['did a', 'did b', 'did c'],
    ]);
  });

  test('a crash under several cases fails the one that crashes', async () => {
    const harness = start(target);
    const inputs = ['a', 'crash', 'b', 'c'];
    const results = await Promise.all(inputs.map((input) => call(harness, input)));
    expect(results.map((result) => ('output' in result ? result.output : 'failed'))).toEqual([
      ...['did a', 'failed', 'did b', 'did c'],
    ]);
    expect(new Set(results.map(({ traceId }) => traceId)).size).toBe(4);
  });

  test('what is stopped ends at once', async () => {
    const harness = start(target);
    const controller = new AbortController();
    const called = harness.call(
      { input: 'hang', timeoutMs: 60_000, attributes: {} },
      controller.signal,
    );
    controller.abort();
    expect(await called).toMatchObject({ error: 'It was stopped.' });
  });
});

test.each([
  ['a coroutine', pythonAsync],
  ['a promise', node],
])('%s that blocks its loop is ended, the others are called again', async (_, target) => {
  const harness = start(target);
  const results = await Promise.all([call(harness, 'block', 500), call(harness, 'a')]);
  expect(results[0]).toMatchObject({ error: expect.stringContaining('held up') as string });
  expect(results[1]).toMatchObject({ output: 'did a' });
});

test.each([
  ['Python', { python: 'agent.py:place' }, 5],
  ['Node', { node: 'agent.mjs#place' }, 3],
])('%s: all a case does is of that case, and of no other', async (...[, target, looks]) => {
  const harness = start(target);
  const results = await Promise.all(Array.from({ length: 8 }, () => call(harness, 'x')));
  for (const result of results) {
    expect(result).toMatchObject({ output: Array.from({ length: looks }, () => result.traceId) });
  }
  expect(new Set(results.map(({ traceId }) => traceId)).size).toBe(8);
});

const venv = await sampleVenv();

test.each<[string, object]>([
  ['Node', { node: 'otel.mjs#act' }],
  ...('python' in venv
    ? [['Python', { python: 'otel.py:act', interpreter: venv.python }] as [string, object]]
    : []),
])('%s: spans of the program’s own OpenTelemetry lie in the case’s trace', async (_, target) => {
  const harness = start(target);
  const results = await Promise.all(['a', 'b', 'c'].map((input) => call(harness, input)));
  for (const result of results) expect(result).toMatchObject({ output: result.traceId });
});

test.each([
  [{ python: 'agent.py:missing' }, /has no function 'missing'/],
  [{ python: 'missing.py:act' }, /FileNotFoundError.*missing\.py/],
  [{ python: 'agent.py:act', interpreter: 'no-such-python' }, /cannot be started/],
  [{ node: 'agent.mjs#notAFunction' }, /has no function 'notAFunction'/],
  [{ node: 'missing.mjs#act' }, /missing\.mjs/],
])('%j cannot be used: every case says why', async (target, error) => {
  const harness = start(target);
  const results = await Promise.all([call(harness, 'a'), call(harness, 'b')]);
  const failed = { error: expect.stringMatching(error) as string };
  expect(results).toMatchObject([failed, failed]);
});

test.each<[object, string, Json]>([
  [python, 'object', { text: 'good', score: 'nan' }],
  [python, 'circle', ['[circular]']],
])('%j %s is written as the hook writes it', async (target, input, output) => {
  expect(await call(start(target), input)).toMatchObject({ output });
});

test.each([
  ['circle', /circular/i],
  ['function', /no JSON/],
  ['reject', /^only a text$/],
])('Node: %s has no output', async (input, error) => {
  expect(await call(start(node), input)).toMatchObject({
    error: expect.stringMatching(error) as string,
  });
});
