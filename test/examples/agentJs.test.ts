import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import { cases } from './cases';
import { model, serve } from './modelClient';
import { runProgram } from './program';

const folder = resolve('examples/support-agent');
const agent = join(folder, 'agent.mjs');
const node = process.execPath;

describe('agent.mjs with the scripted model', () => {
  test.each(cases)('$name', async ({ question, printed }) => {
    const run = await runProgram([node, agent, ...(question === undefined ? [] : [question])]);
    expect(run).toMatchObject({ code: 0, stderr: '' });
    for (const pattern of printed) expect(run.stdout).toMatch(pattern);
  });

  test('says the same each time', async () => {
    const run = () => runProgram([node, agent], { cwd: tmpdir() });
    expect(await run()).toEqual(await run());
  });
});

/** The sample's own script, as a model service at another address. */
async function serveScript() {
  const { script } = (await import(pathToFileURL(join(folder, 'model/script.mjs')).href)) as {
    script: Parameters<typeof serve>[0];
  };
  return serve(script);
}

test('with a key it asks the service the environment names, and nothing else', async () => {
  const { server } = await serveScript();
  const env = {
    OPENAI_API_KEY: 'sk-real',
    OPENAI_BASE_URL: server.url,
    OPENAI_AGENTS_DISABLE_TRACING: '1',
  };
  const run = await runProgram([node, agent, 'Where is my order A-1042?'], { env });
  expect(run).toMatchObject({ code: 0, stderr: '' });
  expect(server.calls.map(({ headers }) => headers['authorization'])).toEqual(
    server.calls.map(() => 'Bearer sk-real'),
  );
  expect(server.requests.map((body) => body['model'])).toEqual([
    'gpt-5-nano',
    ...[1, 2, 3, 4].map(() => model),
  ]);
});

test('a service that refuses is one sentence and exit 1', async () => {
  const { server } = await serve(() => ({ error: 401 }));
  const env = {
    OPENAI_API_KEY: 'sk-wrong',
    OPENAI_BASE_URL: server.url,
    OPENAI_AGENTS_DISABLE_TRACING: '1',
  };
  const run = await runProgram([node, agent], { env });
  expect(run).toMatchObject({ code: 1, stdout: '' });
  expect(run.stderr).toMatch(
    /^The model service did not answer: 401 Incorrect API key provided[^\n]*\n$/,
  );
});

test('gives its answer to who imports it', async () => {
  const code = `import { answer } from ${JSON.stringify(pathToFileURL(agent).href)};
    console.log(JSON.stringify(await Promise.all([answer('Hi'), answer('Charged twice for A-1045')])));`;
  const run = await runProgram([node, '--input-type=module', '-e', code]);
  expect(run).toMatchObject({ code: 0, stderr: '' });
  expect(JSON.parse(run.stdout)).toEqual([
    expect.stringMatching(/^Hello!/),
    {
      reply: expect.stringContaining('R-5499') as string,
      ticket: {
        order_id: 'A-1045',
        category: 'double charge',
        summary: expect.any(String) as string,
        resolved: true,
      },
    },
  ]);
});

test('varies when asked to', async () => {
  const outputs = new Set<string>();
  for (let attempt = 0; attempt < 40 && outputs.size < 2; attempt++) {
    const question = 'Where is my order A-1042?';
    const run = await runProgram([node, agent, '--vary', question]);
    expect(run.code).toBe(0);
    outputs.add(run.stdout);
  }
  expect(outputs.size).toBe(2);
});

test('without the SDK it says what to install', async () => {
  const copy = mkdtempSync(join(tmpdir(), 'support-agent-'));
  cpSync(folder, copy, { recursive: true, filter: (path) => !/node_modules|\.venv/.test(path) });
  const run = await runProgram([node, 'agent.mjs'], { cwd: copy });
  rmSync(copy, { recursive: true, force: true });
  expect(run).toMatchObject({ code: 1, stdout: '' });
  expect(run.stderr).toMatch(/^[^\n]*npm install\n$/);
});

test('the model ends with an agent that is killed', async () => {
  const start = pathToFileURL(join(folder, 'model/start.mjs')).href;
  const code = `import { startScriptedModel } from ${JSON.stringify(start)};
    console.log((await startScriptedModel()).url);
    setInterval(() => {}, 1000);`;
  const child = spawn(node, ['--input-type=module', '-e', code]);
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  const url = `${String(line).trim()}/models`;
  expect((await fetch(url)).status).toBe(200);
  child.kill('SIGKILL');
  await expect
    .poll(
      () =>
        fetch(url).then(
          () => 'answers',
          () => 'gone',
        ),
      { timeout: 30_000 },
    )
    .toBe('gone');
});

test('agents.json names what is there', () => {
  const { agents } = JSON.parse(readFileSync(join(folder, '.glassbox/agents.json'), 'utf8')) as {
    agents: { name: string; command?: string[]; node?: string; python?: string }[];
  };
  expect(agents.map(({ name }) => name)).toEqual([
    'support',
    'support-js',
    'support-fn',
    'support-js-fn',
  ]);
  for (const { command, node: inNode, python } of agents) {
    const [file = '', name] = (command?.[1] ?? inNode ?? python ?? '').split(/[#:]/);
    const source = readFileSync(join(folder, file), 'utf8');
    if (name) expect(source).toMatch(new RegExp(`(async def|export async function) ${name}\\(`));
  }
});
