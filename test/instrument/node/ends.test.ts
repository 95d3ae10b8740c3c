import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ModelServer } from '../../../examples/support-agent/model/server.mjs';
import { startCatcher, treeOf } from './catcher';
import { program, run, startModel, until, type Outcome, type RunOptions } from './harness';

let model: ModelServer & { env: Record<string, string> };
beforeAll(async () => {
  model = await startModel({
    script: [
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

const whole = {
  call: 'generation chat gpt-5-mini',
  agent: `chain Agent workflow
  agent invoke_agent Looker
    generation chat gpt-5-mini
    tool execute_tool look
    generation chat gpt-5-mini`,
};

/** Runs `programs/ends.mjs` with and without the hook; the end must be the same. */
async function compare(args: readonly string[], options: Partial<RunOptions> = {}) {
  const { endpoint, ...rest } = options;
  const runWith = (env: Readonly<Record<string, string>>, to?: string): Promise<Outcome> =>
    run({
      args: [program('ends.mjs'), ...args],
      ...rest,
      env: { ...model.env, ...rest.env, ...env },
      ...(to ? { endpoint: to } : {}),
    });
  // Without the SDK's uploader, which has no network here and would print so.
  const plain = await runWith({ OPENAI_AGENTS_DISABLE_TRACING: '1' });
  const hooked = await runWith({ GLASSBOX_LOCAL_ONLY: '1' }, endpoint);
  const ending = ({ code, signal, stdout, stderr }: Outcome) => ({
    code,
    signal,
    stdout,
    stderr: withoutAddresses(stderr),
  });
  expect(ending(hooked)).toEqual(ending(plain));
  return { plain, hooked };
}

function withoutAddresses(text: string): string {
  return text.replace(/\(\/[^)]*\)/g, '()');
}

describe.each(['call', 'agent'] as const)(
  'nothing is lost after one %s when the program',
  (what) => {
    test.each(['return', 'exit', 'throw', 'reject'])('ends by %s', async (end) => {
      const catcher = await startCatcher();
      const { hooked } = await compare([what, end], { endpoint: catcher.endpoint });
      expect(treeOf(catcher.spans())).toBe(whole[what]);
      expect(hooked.notes.at(-1)).toMatchObject({ event: 'exported' });
      await catcher.close();
    });

    test.each(['term', 'kill'])('is struck by a signal at once (%s)', async (end) => {
      const catcher = await startCatcher();
      const { hooked } = await compare([what, end], { endpoint: catcher.endpoint });
      if (what === 'call') expect(hooked.signal).toBe(end === 'kill' ? 'SIGKILL' : 'SIGTERM');
      await until(() => treeOf(catcher.spans()) === whole[what]);
      expect(treeOf(catcher.spans())).toBe(whole[what]);
      await catcher.close();
    });

    test.each(['SIGTERM', 'SIGINT', 'SIGKILL'] as const)('gets %s', async (signal) => {
      const catcher = await startCatcher();
      const when = { text: 'ready', then: (pid: number) => void process.kill(pid, signal) };
      await compare([what, 'wait'], { endpoint: catcher.endpoint, when });
      await until(() => catcher.spans().every((span) => !span.running));
      expect(treeOf(catcher.spans())).toBe(whole[what]);
      await catcher.close();
    });
  },
);

test('after a kill inside a tool the started spans are there', async () => {
  const catcher = await startCatcher();
  const { hooked } = await compare(['tool', 'kill'], { endpoint: catcher.endpoint });
  expect(hooked.signal).toBe('SIGKILL');
  await until(() => catcher.spans().length === 4);
  expect(treeOf(catcher.spans())).toBe(`chain Agent workflow (running)
  agent invoke_agent Looker (running)
    generation chat gpt-5-mini
    tool execute_tool look (running)`);
  await catcher.close();
});

test('process.exit() inside a tool leaves what ran as running', async () => {
  const catcher = await startCatcher();
  await compare(['tool', 'exit'], { endpoint: catcher.endpoint });
  expect(treeOf(catcher.spans())).toContain('tool execute_tool look (running)');
  await catcher.close();
});

describe('a receiver that', () => {
  test.each(['return', 'exit'])(
    'is gone changes nothing when the program ends by %s',
    async (end) => {
      const endpoint = await closedEndpoint();
      const { hooked } = await compare(['call', end], { endpoint });
      expect(hooked.notes.at(-1)).toEqual({ event: 'lost', spans: 1, reason: 'receiver is gone' });
    },
  );

  test('closes idle connections loses nothing', async () => {
    const catcher = await startCatcher({ dropAfterMs: 150 });
    await compare(['call', 'late'], { endpoint: catcher.endpoint });
    expect(treeOf(catcher.spans())).toBe(`${whole.call}\n${whole.call}`);
    await catcher.close();
  });

  test('answers 500 changes nothing', async () => {
    const catcher = await startCatcher({ status: () => 500 });
    const { hooked } = await compare(['call', 'return'], { endpoint: catcher.endpoint });
    expect(hooked.notes.at(-1)).toEqual({
      event: 'lost',
      spans: 1,
      reason: 'receiver answered 500',
    });
    await catcher.close();
  });

  test('is busy is asked again', async () => {
    const catcher = await startCatcher({ status: (request) => (request < 3 ? 503 : 200) });
    await compare(['call', 'exit'], { endpoint: catcher.endpoint });
    expect(treeOf(catcher.spans())).toBe(whole.call);
    await catcher.close();
  });

  test('never answers holds the program no longer than it should', async () => {
    const catcher = await startCatcher({ status: () => 'never' });
    const { hooked } = await compare(['call', 'exit'], { endpoint: catcher.endpoint });
    expect(hooked.notes.at(-1)).toMatchObject({ event: 'lost', spans: 1 });
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
    const then = (pid: number): void => {
      child = pid;
      server.listen(port, '127.0.0.1');
    };
    const done = run({
      args: [program('ends.mjs'), 'call', 'wait'],
      env: model.env,
      endpoint,
      when: { text: 'ready', then },
    });
    await until(() => requests.length > 0);
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
