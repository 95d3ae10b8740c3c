import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { cases } from './cases';
import { serve } from './modelClient';
import { runProgram } from './program';
import { sampleVenv } from './venv';

const venv = await sampleVenv();
const python = 'python' in venv ? venv.python : '';
const skipped = 'skipped' in venv ? ` (skipped: ${venv.skipped})` : '';
const folder = resolve('examples/support-agent');
const agent = join(folder, 'agent.py');
/** The server must run on this Node, wherever it is. */
const env = { GLASSBOX_NODE: process.execPath };

describe.skipIf(skipped !== '')(`agent.py with the scripted model${skipped}`, () => {
  test('answers each customer as agent.mjs does', async () => {
    const code = `import asyncio, json, sys
sys.path.insert(0, sys.argv[1])
import agent
async def main():
    for question in json.loads(sys.argv[2]):
        agent.show(await agent.answer(question))
        print("\\f")
asyncio.run(main())`;
    const asked = cases.filter(({ question }) => question !== undefined);
    const questions = JSON.stringify(asked.map(({ question }) => question));
    const run = await runProgram([python, '-c', code, folder, questions], { env });
    expect(run).toMatchObject({ code: 0, stderr: '' });
    const said = run.stdout.split('\f\n');
    for (const [index, { printed }] of asked.entries()) {
      for (const pattern of printed) expect(said[index]).toMatch(pattern);
    }
  });

  test('answers the default question, always the same', async () => {
    const run = () => runProgram([python, agent], { env, cwd: tmpdir() });
    const first = await run();
    expect(first).toMatchObject({ code: 0, stderr: '' });
    for (const pattern of cases[0]?.printed ?? []) expect(first.stdout).toMatch(pattern);
    expect(await run()).toEqual(first);
  });

  test('sends its spans where the environment says, by Logfire alone', async () => {
    const received: { path: string; text: string }[] = [];
    const collector = createServer((request, response) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', () => {
        received.push({ path: request.url ?? '', text: Buffer.concat(parts).toString('latin1') });
        response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end();
      });
    }).listen(0, '127.0.0.1');
    await new Promise((done) => collector.once('listening', done));
    const { port } = collector.address() as AddressInfo;
    const endpoint = `http://127.0.0.1:${port}`;
    const otlp = { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_EXPORTER_OTLP_COMPRESSION: 'none' };
    const run = await runProgram([python, agent], { env: { ...env, ...otlp } });
    collector.close();
    expect(run).toMatchObject({ code: 0, stderr: '' });
    const traces = received.filter(({ path }) => path === '/v1/traces');
    const text = traces.map((request) => request.text).join('');
    for (const words of [
      'Support request',
      'Only support questions',
      'Handoff: Front desk',
      'lookup_order',
      'track_parcel',
      'The carrier did not answer (504 for NP-2208).',
      'gpt-5-mini-2025-08-07',
    ]) {
      expect(text).toContain(words);
    }
  });

  test('gives its answer to who imports it from elsewhere', async () => {
    const code = `import asyncio, importlib.util, json, sys
spec = importlib.util.spec_from_file_location("agent", sys.argv[1])
agent = importlib.util.module_from_spec(spec)
spec.loader.exec_module(agent)
async def main():
    return await asyncio.gather(agent.answer("Hi"), agent.answer("Charged twice for A-1045"))
print(json.dumps(asyncio.run(main())))`;
    const run = await runProgram([python, '-c', code, agent], { env, cwd: tmpdir() });
    expect(run).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(run.stdout)).toEqual([
      expect.stringMatching(/^Hello!/),
      expect.objectContaining({
        ticket: expect.objectContaining({ order_id: 'A-1045', resolved: true }) as object,
      }),
    ]);
  });

  test('a service that refuses is one sentence and exit 1', async () => {
    const { server } = await serve(() => ({ error: 401 }));
    const run = await runProgram([python, agent], {
      env: {
        OPENAI_API_KEY: 'sk-wrong',
        OPENAI_BASE_URL: server.url,
        OPENAI_AGENTS_DISABLE_TRACING: '1',
      },
    });
    expect(run).toMatchObject({ code: 1, stdout: '' });
    expect(run.stderr).toMatch(/^The model service did not answer: .*Incorrect API key.*$/m);
  });

  test('without Node it says what to install', async () => {
    const run = await runProgram([python, agent], { env: { PATH: tmpdir() } });
    expect(run).toMatchObject({ code: 1, stdout: '' });
    expect(run.stderr).toMatch(/^The scripted model needs Node\.js 18[^\n]*\n$/);
  });

  test('without the SDK it says what to install', async () => {
    const copy = mkdtempSync(join(tmpdir(), 'support-agent-'));
    cpSync(folder, copy, { recursive: true, filter: (path) => !/node_modules|\.venv/.test(path) });
    const run = await runProgram([python, '-I', '-S', join(copy, 'agent.py')]);
    rmSync(copy, { recursive: true, force: true });
    expect(run).toMatchObject({ code: 1, stdout: '' });
    expect(run.stderr).toMatch(/^[^\n]*-m pip install -r requirements\.txt\r?\n$/);
  });
});

describe.skipIf(skipped !== '')(`the Python client of OpenAI${skipped}`, () => {
  test('reads the scripted server, streams and all', async () => {
    const { server } = await serve([
      { when: { model: 'limited' }, answer: { error: 429 } },
      { when: { model: 'gone' }, answer: { error: 'disconnect' } },
      {
        answer: {
          text: 'Let me look.',
          reasoning: 20,
          toolCalls: [
            { id: 'call_1', name: 'weather', arguments: { city: 'Oslo' } },
            { id: 'call_2', name: 'weather', arguments: { city: 'Rome' } },
          ],
        },
      },
    ]);
    const run = await runProgram([python, resolve('test/examples/openaiClient.py'), server.url]);
    expect(run).toMatchObject({ code: 0, stderr: '' });
    const said = JSON.parse(run.stdout) as Record<string, unknown>;
    expect(said['vector']).toBe(1536);
    expect(said['faults']).toEqual(['RateLimitError', 'APIConnectionError']);
    const calls = (name: string) => withoutIds(said[name]);
    expect(calls('chatStreamed')).toMatchObject(calls('chat'));
    expect(calls('responseStreamed')).toMatchObject(calls('response'));
    expect(calls('asyncResponse')).toEqual(calls('response'));
    expect((said['chunks'] as unknown[]).length).toBeGreaterThan(5);
  });
});

function withoutIds(value: unknown): object {
  const text = JSON.stringify(value, (key, field: unknown) =>
    ['created', 'created_at', 'completed_at', 'annotations', 'logprobs'].includes(key)
      ? undefined
      : field,
  );
  return JSON.parse(text.replace(/(chatcmpl-|resp_|msg_|fc_|rs_)[0-9a-f]+/g, '$1')) as object;
}
