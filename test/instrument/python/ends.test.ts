import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ModelServer } from '../../../examples/support-agent/model/server.mjs';
import { startCatcher, treeOf, type Catcher } from '../node/catcher';
import { startModel, type Outcome } from '../node/harness';
import { patience, program, python, run, until, type RunOptions } from './harness';

let model: ModelServer & { env: Record<string, string> };
beforeAll(async () => {
  model = await startModel({
    script: [
      { when: { user: 'refuse' }, answer: { error: 401 } },
      { when: { tool: 'look' }, answer: 'I saw it.' },
      {
        when: (request) => request.tools.length > 0,
        answer: { toolCalls: [{ name: 'look', arguments: {} }] },
      },
      { answer: 'hello' },
    ],
  });
});
afterAll(() => model.close());

const call = 'generation chat gpt-5-mini';
const calls = (count: number): string => Array<string>(count).fill(call).join('\n');
const agentRun = `chain Agent workflow
  agent invoke_agent Looker
    ${call}
    tool execute_tool look
    ${call}`;

/** Runs `programs/ends.py` with and without the hook; the end must be the same. */
async function compare(args: readonly string[], options: Partial<RunOptions> = {}) {
  const { endpoint, ...rest } = options;
  const runWith = (env: Readonly<Record<string, string>>, to?: string): Promise<Outcome> =>
    run({
      args: [program('ends.py'), ...args],
      ...rest,
      env: { ...model.env, ...rest.env, ...env },
      ...(to ? { endpoint: to } : {}),
    });
  // Without the SDK's uploader, which has no network here and would print so.
  const [plain, hooked] = await Promise.all([
    runWith({ OPENAI_AGENTS_DISABLE_TRACING: '1' }),
    runWith({ GLASSBOX_LOCAL_ONLY: '1' }, endpoint),
  ]);
  const ending = ({ code, signal, stdout, stderr }: Outcome) => ({
    ...{ code, signal, stdout },
    // A signal may strike on either line of the function that waits for it.
    stderr: stderr.replace(/line \d+, in ready\n.*\n(?:\s+[~^]+\n)?/, 'in ready\n'),
  });
  expect(ending(hooked)).toEqual(ending(plain));
  return { plain, hooked };
}

/** The same against a catcher, which must have got everything in the end. */
async function losesNothing(
  args: readonly string[],
  expected: string,
  options: Partial<RunOptions> = {},
): Promise<{ readonly hooked: Outcome; readonly catcher: Catcher }> {
  const catcher = await startCatcher();
  const { hooked } = await compare(args, { ...options, endpoint: catcher.endpoint });
  await until(() => treeOf(catcher.spans()) === expected);
  await catcher.close();
  expect(treeOf(catcher.spans())).toBe(expected);
  return { hooked, catcher };
}

describe.skipIf(python.missing)('nothing is lost', { timeout: patience }, () => {
  test.each(['return', 'exit', 'message', '_exit', 'throw', 'interrupt', 'kill'])(
    'after a call when the program ends by %s',
    async (end) => {
      const { hooked } = await losesNothing(['call', end], call);
      const atExit = !['_exit', 'kill'].includes(end);
      expect(hooked.notes.some((note) => note['event'] === 'exported')).toBe(atExit);
    },
  );

  test('after an error of the client, whose traceback shows nothing of ours', async () => {
    const { hooked } = await losesNothing(['failing', 'return'], `${call} (error)`);
    expect(hooked.stderr).toContain('openai.AuthenticationError');
    expect(hooked.stderr).not.toContain('glassbox');
  });

  test.each(['exit', 'throw'])('after an agent run when the program ends by %s', async (end) => {
    await losesNothing(['agent', end], agentRun);
  });

  test.each(['SIGTERM', 'SIGINT', 'SIGKILL'] as const)('on %s', async (signal) => {
    const when = { text: 'ready', then: (pid: number) => void process.kill(pid, signal) };
    await losesNothing(['call', 'wait'], call, { when });
  });

  test('of a call in a daemon thread', async () => {
    await losesNothing(['daemon', 'return'], call);
  });

  test('before, in and after a fork', async () => {
    const { hooked } = await losesNothing(['fork', 'return'], calls(3));
    expect(hooked.stderr).toBe('');
  });

  test.each([
    ['forked', 3],
    ['spawn', 3],
  ])('of children of multiprocessing: %s', async (method, count) => {
    const { hooked, catcher } = await losesNothing([method, 'return'], calls(count));
    expect(hooked.stdout).toBe('[0, 0]\n');
    const processes = catcher.spans().map((span) => span.resource['process.pid']);
    expect(new Set(processes).size).toBe(3);
  });

  test('of what a run had begun when it was killed inside a tool', async () => {
    await losesNothing(
      ['tool', 'kill'],
      `chain Agent workflow (running)
  agent invoke_agent Looker (running)
    ${call}
    tool execute_tool look (running)`,
    );
  });

  test('of a run that is interrupted inside a tool', async () => {
    const { catcher } = await losesNothing(
      ['tool', 'interrupt'],
      `chain Agent workflow (error)
  agent invoke_agent Looker (error)
    ${call}
    tool execute_tool look (running)`,
    );
    expect(catcher.spans()[0]?.attributes['error.type']).toMatch(/Cancelled|KeyboardInterrupt/);
  });
});

describe.skipIf(python.missing)('a receiver that', { timeout: patience }, () => {
  test.each(['return', 'exit'])(
    'is gone changes nothing when the program ends by %s',
    async (end) => {
      const endpoint = await closedEndpoint();
      const { hooked } = await compare(['call', end], { endpoint });
      expect(hooked.notes.at(-1)).toEqual({ event: 'lost', spans: 1, reason: 'receiver is gone' });
    },
  );

  test('answers 500 changes nothing', async () => {
    const catcher = await startCatcher({ status: () => 500 });
    const { hooked } = await compare(['call', 'return'], { endpoint: catcher.endpoint });
    const reason = 'receiver answered 500';
    expect(hooked.notes.at(-1)).toEqual({ event: 'lost', spans: 1, reason });
    await catcher.close();
  });

  test('is busy is asked again', async () => {
    const catcher = await startCatcher({ status: (request) => (request < 3 ? 503 : 200) });
    await compare(['call', 'exit'], { endpoint: catcher.endpoint });
    expect(treeOf(catcher.spans())).toBe(call);
    await catcher.close();
  });

  test('never answers holds the program for no more than the bound', async () => {
    const catcher = await startCatcher({ status: () => 'never' });
    const { hooked } = await compare(['call', 'exit'], { endpoint: catcher.endpoint });
    const reason = 'receiver did not answer in 500 ms';
    expect(hooked.notes.at(-1)).toEqual({ event: 'lost', spans: 1, reason });
    await catcher.close();
  });

  test('comes back later gets what waited', async () => {
    const endpoint = await closedEndpoint();
    const port = Number(new URL(endpoint).port);
    const requests: string[] = [];
    const server = createServer((request, response) => {
      requests.push(request.url ?? '');
      request.resume().on('end', () => response.end());
    });
    let child = 0;
    const when = {
      text: 'ready',
      then: (pid: number) => {
        child = pid;
        server.listen(port, '127.0.0.1');
      },
    };
    const args = [program('ends.py'), 'call', 'wait'];
    const done = run({ args, env: model.env, endpoint, when });
    await until(() => requests.length > 0, 60_000);
    expect(requests[0]).toBe('/w/token/v1/traces');
    process.kill(child, 'SIGKILL');
    await done;
    server.closeAllConnections();
    server.close();
  });
});

async function closedEndpoint(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${port}/w/token`;
}
