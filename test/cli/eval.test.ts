import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { TraceSummary } from '../../src/model/trace';
import { sampleVenv } from '../examples/venv';
import { Desk, finish, type Finished } from './glassbox';

let desk: Desk;
beforeEach(() => (desk = new Desk()));
afterEach(() => desk.dispose());

interface Repeat {
  readonly traceId: string | null;
  readonly output: unknown;
  readonly error: string | null;
  readonly durationMs: number;
  readonly cost: number | null;
  readonly scores: readonly { evaluator: string; passed: boolean; reason: string }[];
}

interface Report {
  readonly experiment: string;
  readonly runId: string;
  readonly passRate: number;
  readonly gate: { readonly passed: boolean; readonly reasons: readonly string[] };
  readonly cases: readonly {
    readonly id: string;
    readonly status: string;
    readonly change: string;
    readonly repeats: readonly Repeat[];
  }[];
}

const agents = [
  { name: 'py', python: 'agent.py:act' },
  { name: 'js', node: 'agent.mjs#act' },
  { name: 'argument', command: ['node', 'command.mjs'], input: 'argument' },
  { name: 'stdin', command: ['node', 'command.mjs'], input: 'stdin', timeoutMs: 4000 },
  { name: 'deaf', command: ['node', 'command.mjs'] },
];

const commandAgent = `
import { text } from 'node:stream/consumers';
const input = process.argv[2] ?? await text(process.stdin);
if (input === 'crash') throw new Error('it broke');
if (input === 'silent') process.exit(0);
if (input === 'hang') setInterval(() => {}, 1000);
else if (input === 'json') console.log('{"answer": 42}');
else console.log('did ' + input);
`;

/** Writes a workspace with the programs of the harness's tests. */
function workspace(experiment: object, lines: readonly string[]): void {
  const write = (file: string, text: string) => {
    mkdirSync(dirname(join(desk.folder, file)), { recursive: true });
    writeFileSync(join(desk.folder, file), text);
  };
  for (const name of ['agent.py', 'agent.mjs']) {
    write(name, readFileSync(resolve('test/experiments/programs', name), 'utf8'));
  }
  write('command.mjs', commandAgent);
  write('.glassbox/agents.json', JSON.stringify({ version: 1, agents }));
  write('.glassbox/datasets/d.jsonl', `${lines.join('\n')}\n`);
  const defaults = { version: 1, dataset: 'd', target: { agent: 'js' }, evaluators: [] };
  const text = JSON.stringify({ ...defaults, ...experiment });
  write('.glassbox/experiments/e.experiment.json', text);
}

const line = (id: string, input: unknown, expected?: unknown) =>
  JSON.stringify({ id, input, expected });

async function evaluate(...args: string[]): Promise<Finished & { report: Report }> {
  const finished = await desk.run(['eval', 'e', '--json', ...args]);
  try {
    return { ...finished, report: JSON.parse(finished.stdout) as Report };
  } catch {
    throw new Error(`${finished.code}: ${finished.stderr}`);
  }
}

describe.each([['py'], ['js'], ['argument'], ['stdin']])('the target %s', (agent) => {
  test('answers every case, however the others end', async () => {
    const isCommand = agent === 'argument' || agent === 'stdin';
    workspace({ target: { agent }, timeoutMs: 4000, evaluators: [{ type: 'contains' }] }, [
      line('good', 'x', 'did x'),
      line('bad', 'y', 'did x'),
      line('expects nothing', 'z'),
      '{"id": "cut off',
      line('crash', 'crash', 'x'),
      line('hang', 'hang', 'x'),
      ...(isCommand ? [line('silent', 'silent', 'x'), line('json', 'json', '42')] : []),
    ]);
    const { code, report } = await evaluate();
    expect(code).toBe(0);
    const statuses = Object.fromEntries(report.cases.map(({ id, status }) => [id, status]));
    expect(statuses).toEqual({
      ...{ good: 'passed', bad: 'failed', 'expects nothing': 'failed' },
      ...{ 'line 4': 'error', crash: 'error', hang: 'error' },
      ...(isCommand && { silent: 'error', json: 'passed' }),
    });
    const repeat = (id: string) => report.cases.find((one) => one.id === id)?.repeats[0];
    expect(repeat('good')).toMatchObject({ output: 'did x', error: null });
    expect(repeat('hang')?.error).toMatch(/longer than 4 s/);
    expect(repeat('crash')?.error).toMatch(/exit code \d/);
    expect(repeat('line 4')?.error).toMatch(/^\.glassbox\/datasets\/d\.jsonl:4: .*not JSON/);
    if (isCommand) {
      expect(repeat('silent')?.error).toBe('It ended with exit code 0 and wrote nothing.');
      expect(repeat('json')?.output).toEqual({ answer: 42 });
    }
  }, 120_000);
});

test.each([['py'], ['js']])(
  '%s: every repeat has a trace of its own, linked to it',
  async (agent) => {
    workspace({ target: { agent } }, [line('a', 'x'), line('b', 'raise')]);
    const { report } = await evaluate('--repeat', '3', '--db', 'store.db');
    const repeats = report.cases.flatMap(({ id, repeats: all }) =>
      all.map((repeat, index) => ({ id, index, ...repeat })),
    );
    expect(new Set(repeats.map(({ traceId }) => traceId)).size).toBe(6);
    const { stdout } = await desk.run(['traces', '--json', '--db', 'store.db']);
    const { traces } = JSON.parse(stdout) as { traces: (TraceSummary & { input: unknown })[] };
    expect(traces).toHaveLength(6);
    for (const { id, traceId } of repeats) {
      const trace = traces.find((one) => one.traceId === traceId);
      expect(trace).toMatchObject({
        status: id === 'a' ? 'ok' : 'error',
        input: id === 'a' ? 'x' : 'raise',
        run: { experimentRunId: report.runId, caseId: id },
      });
    }
    const numbers = traces
      .filter(({ run }) => run?.caseId === 'a')
      .map(({ run }) => run?.caseRepeat);
    expect(numbers.sort()).toEqual([1, 2, 3]);
  },
);

test('a baseline is accepted, compared with and guarded by the gate', async () => {
  const experiment = { evaluators: [{ type: 'exact' }], gate: { noBroken: 'strict' } };
  workspace(experiment, [line('a', 'x', 'did x'), line('b', 'y', 'did y'), line('c', 1, 1)]);
  expect((await evaluate('--accept')).code).toBe(0);
  const baseline = join(desk.folder, '.glassbox/baselines/e.json');
  expect(readFileSync(baseline, 'utf8')).not.toMatch(/did x|traceId/);
  expect(await evaluate()).toMatchObject({ code: 0 });

  const agent = join(desk.folder, 'agent.mjs');
  writeFileSync(agent, readFileSync(agent, 'utf8').replace('did ${value}', 'did ${value[0]}x'));
  workspaceCase('a', 'x', 'did xx');
  const { code, report } = await evaluate();
  expect(code).toBe(1);
  expect(report.gate.reasons).toEqual(['Broken against the baseline: b.']);
  expect(report.cases.map(({ id, change }) => [id, change])).toEqual([
    ['a', 'new'],
    ['b', 'broken'],
    ['c', 'removed'],
  ]);

  function workspaceCase(...[id, input, expected]: [string, string, string]) {
    const lines = [line(id, input, expected), line('b', 'y', 'did y')];
    writeFileSync(join(desk.folder, '.glassbox/datasets/d.jsonl'), lines.join('\n'));
    writeFileSync(agent, readFileSync(agent, 'utf8').replace('value[0]}x', 'value}x'));
  }
});

test('JUnit, the summary of a job, text on the terminal, and progress', async () => {
  workspace({ evaluators: [{ type: 'exact' }], gate: { passRate: 1 } }, [
    ...[line('a', 'x', 'did x'), line('b', 'y', 'no')],
  ]);
  desk.env.GITHUB_STEP_SUMMARY = join(desk.folder, 'summary.md');
  writeFileSync(desk.env.GITHUB_STEP_SUMMARY, 'before\n');
  const { code, stdout, stderr } = await desk.run(['eval', 'e', '--junit', 'junit.xml']);
  expect(code).toBe(1);
  expect(stdout).toMatch(/^e: 1 of 2 cases pass\n/);
  expect(stdout).toMatch(/failed b {2}exact: Expected "no"/);
  expect(stdout).toContain('gate failed:\n  The pass rate is 50 %, below 100 %.');
  expect(stderr).toMatch(/2\/2 [✓✗]/);
  expect(readFileSync(join(desk.folder, 'junit.xml'), 'utf8')).toContain('<testcase');
  expect(readFileSync(desk.env.GITHUB_STEP_SUMMARY, 'utf8')).toMatch(/^before\n### ❌ e: 50 %/);
});

test('the workspace’s own evaluators, in both languages', async () => {
  const evaluators = [
    { type: 'code', name: 'py', file: 'judge.py', function: 'judge' },
    { type: 'code', name: 'js', file: 'judge.mjs', function: 'judge' },
  ];
  workspace({ evaluators }, [line('a', 'x', 'did x')]);
  writeFileSync(
    join(desk.folder, 'judge.py'),
    'def judge(seen):\n    return {"score": seen["output"] == seen["expected"], "reason": "from Python"}\n',
  );
  writeFileSync(
    join(desk.folder, 'judge.mjs'),
    'export const judge = ({ output }) => output.length / 10;\n',
  );
  const { report } = await evaluate();
  expect(report.cases[0]?.repeats[0]?.scores).toMatchObject([
    { evaluator: 'py', score: 1, passed: true, reason: 'from Python' },
    { evaluator: 'js', score: 0.5, passed: true },
  ]);
});

test('Ctrl+C keeps what is done, and the gate does not pass', async () => {
  workspace({ concurrency: 1 }, [line('a', 'x'), line('b', 'hang'), line('c', 'y')]);
  const child = desk.start(['eval', 'e', '--json']);
  child.stderr?.once('data', () => child.kill('SIGINT'));
  const { code, stdout } = await finish(child);
  const report = JSON.parse(stdout) as Report;
  expect(code).toBe(1);
  expect(report.gate.reasons[0]).toBe('The run was stopped after 1 of 3 repeats.');
  expect(report.cases.map(({ id, status }) => [id, status])).toEqual([['a', 'passed']]);
});

test('an agent that cannot even start: every case says so, and the exit code is 3', async () => {
  workspace({}, [line('a', 'x')]);
  writeFileSync(join(desk.folder, 'agent.mjs'), 'import "no-such-package";');
  const { code, report } = await evaluate();
  expect(code).toBe(3);
  expect(report.cases[0]?.repeats[0]?.error).toMatch(/no-such-package/);
});

test.each<[string, object, readonly string[], RegExp]>([
  ['no such experiment', {}, ['nope'], /no experiment 'nope'.*There are: e\./],
  ['no name', {}, [], /usage: glassbox eval/],
  ['a wrong number', {}, ['e', '--repeat', '0'], /--repeat takes a whole number from 1 up/],
  ['a wrong file', { repeats: 2 }, ['e'], /cannot be run:\n {2}there is no 'repeats' here\./],
  ['no such dataset', { dataset: 'x' }, ['e'], /no dataset 'x'/],
  ['no such agent', { target: { agent: 'x' } }, ['e'], /names no agent 'x'.*There are: py, js/],
  ['an agent without input', { target: { agent: 'deaf' } }, ['e'], /takes no input/],
])('%s is wrong use', async (...[, experiment, args, message]) => {
  workspace(experiment, [line('a', 'x')]);
  const { code, stderr, stdout } = await desk.run(['eval', ...args]);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(message);
});

const sample = resolve('examples', 'support-agent');
const venv = await sampleVenv();

describe('the sample', () => {
  test.skipIf(!existsSync(join(sample, 'node_modules')))(
    'in JavaScript passes its own experiment',
    async () => {
      const db = join(desk.folder, 'sample.db');
      const args = ['eval', 'support', '--json', '--db', db];
      const { code, stdout, stderr } = await desk.run(args, sample);
      expect({ code, stderr }).toMatchObject({ code: 0 });
      const { cases } = JSON.parse(stdout) as Report;
      expect(cases.every(({ status }) => status === 'passed')).toBe(true);
      const costs = cases.flatMap(({ repeats }) => repeats.map(({ cost }) => cost));
      expect(costs.every((cost) => cost !== null && cost > 0)).toBe(true);
    },
    300_000,
  );

  test.skipIf(!existsSync(join(sample, 'node_modules')))(
    'a budget ends the run, and the gate does not pass',
    async () => {
      const text = readFileSync(
        join(sample, '.glassbox/experiments/support.experiment.json'),
        'utf8',
      );
      const file = join(desk.folder, 'poor.experiment.json');
      const datasets = join(sample, '.glassbox/datasets/support.jsonl');
      const { gate: _, ...experiment } = JSON.parse(text) as Record<string, unknown>;
      const poor = { ...experiment, dataset: datasets, budget: 0.000001, concurrency: 1 };
      writeFileSync(file, JSON.stringify(poor));
      const args = ['eval', file, '--json', '--db', join(desk.folder, 'sample.db')];
      const { code, stdout } = await desk.run(args, sample);
      const { gate, cases } = JSON.parse(stdout) as Report;
      expect(code).toBe(1);
      expect(gate.reasons).toEqual(['The budget was spent after 1 of 8 repeats.']);
      expect(cases).toHaveLength(1);
    },
    120_000,
  );

  test.skipIf(!('python' in venv))(
    'in Python passes the same cases, each in one trace that Logfire’s spans lie in',
    async () => {
      const text = readFileSync(
        join(sample, '.glassbox/experiments/support.experiment.json'),
        'utf8',
      );
      const file = join(desk.folder, 'python.experiment.json');
      const datasets = join(sample, '.glassbox/datasets/support.jsonl');
      const python = text.replace('support-js-fn', 'support-fn');
      writeFileSync(file, python.replace('"dataset": "support"', `"dataset": "${datasets}"`));
      desk.env.VIRTUAL_ENV = resolve('.cache/venv-sample');
      const db = join(desk.folder, 'sample.db');
      const { stdout, stderr } = await desk.run(['eval', file, '--json', '--db', db], sample);
      const { cases } = JSON.parse(stdout) as Report;
      expect({ stderr, failed: cases.filter(({ status }) => status !== 'passed') }).toMatchObject({
        failed: [],
      });
      const listed = await desk.run(['traces', '--json', '--db', db]);
      const { traces } = JSON.parse(listed.stdout) as { traces: TraceSummary[] };
      expect(traces).toHaveLength(cases.length);
      expect(traces.every(({ counts }) => (counts.generation ?? 0) > 0)).toBe(true);
    },
    300_000,
  );
});
