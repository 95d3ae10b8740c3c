import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { agentCommand, findPython } from '../../src/run/agentCommand';
import { parseAgents, type Agent } from '../../src/run/agents';
import { discoverAgents } from '../../src/run/discover';
import { sdksOfPackageJson, sdksOfRequirements, sdksOfSource } from '../../src/run/sdks';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'glassbox-agents-'))));
afterEach(() => rmSync(folder, { recursive: true }));

function write(path: string, text: string): string {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  return file;
}

const commandAgent: Agent = {
  name: 'a',
  cwd: '.',
  env: {},
  target: { type: 'command', command: ['node', 'a.mjs'], input: 'argument' },
};

describe('agents.json', () => {
  test('commands and functions, as an object or a bare array', () => {
    const entries = [
      { name: 'c', command: ['python', 'agent.py'], cwd: 'sub', input: 'stdin', env: { A: 'b' } },
      { name: 'p', python: 'agent.py:answer', interpreter: '.venv/bin/python' },
      { name: 'n', node: 'src/agent.mjs#answer', timeoutMs: 1000, output: 'trace' },
    ];
    const read = parseAgents(JSON.stringify({ version: 1, agents: entries }));
    expect(read.problems).toEqual([]);
    expect(read.agents.map(({ target }) => target)).toEqual([
      { type: 'command', command: ['python', 'agent.py'], input: 'stdin' },
      { type: 'python', file: 'agent.py', function: 'answer' },
      { type: 'node', file: 'src/agent.mjs', function: 'answer' },
    ]);
    expect(parseAgents(JSON.stringify(entries))).toEqual(read);
  });

  test.each([
    ['{', /not JSON/],
    ['{}', /no list/],
    ['[7]', /agents\[0\] is not an object/],
    ['[{"command":["x"]}]', /no name/],
    ['[{"name":"x"}]', /no command/],
    ['[{"name":"x","command":[1]}]', /list of texts/],
    ['[{"name":"x","python":"agent.py"}]', /file\.py:function/],
    ['[{"name":"x","node":"agent.mjs:f"}]', /file\.mjs#function/],
    ['[{"name":"x","command":["x"],"env":{"A":1}}]', /env/],
  ])('%s is told, not thrown', (text, problem) => {
    const read = parseAgents(text);
    expect(read.agents).toEqual([]);
    expect(read.problems.join()).toMatch(problem);
  });

  test('a wrong entry does not cost the others', () => {
    const read = parseAgents('[{"name":"ok","command":["x"]},{"name":""}]');
    expect(read.agents.map(({ name }) => name)).toEqual(['ok']);
    expect(read.problems).toHaveLength(1);
  });
});

describe('the command of an agent', () => {
  test('takes its input as the last argument', () => {
    const { command, cwd } = agentCommand(commandAgent, 'hello "you"', { folder });
    expect({ command, cwd }).toEqual({ command: ['node', 'a.mjs', 'hello "you"'], cwd: folder });
    expect(agentCommand(commandAgent, undefined, { folder }).command).toEqual(['node', 'a.mjs']);
  });

  test('calls a Python function, plain or async, with text or JSON', () => {
    write('f.py', 'async def f(v):\n    return {"got": v}\ndef g(v):\n    return f"<{v}>"\n');
    const run = (name: string, input: string) => {
      const agent: Agent = {
        ...commandAgent,
        target: { type: 'python', file: 'f.py', function: name },
      };
      const { command, cwd } = agentCommand(agent, input, { folder });
      return execFileSync(command[0], command.slice(1), { cwd, encoding: 'utf8' }).trim();
    };
    expect(run('f', '{"a":1}')).toBe('{"got": {"a": 1}}');
    expect(run('g', 'plain')).toBe('<plain>');
  });

  test('calls a Node function', () => {
    write('f.mjs', 'export const f = async (v) => ({ got: v });');
    const agent: Agent = {
      ...commandAgent,
      target: { type: 'node', file: 'f.mjs', function: 'f' },
    };
    const { command, cwd } = agentCommand(agent, '[1]', { folder, node: process.execPath });
    const output = execFileSync(command[0], command.slice(1), { cwd, encoding: 'utf8' });
    expect(JSON.parse(output)).toEqual({ got: [1] });
  });

  test('Python: the entry’s, the chosen, the active, .venv, then python3', () => {
    const context = { folder };
    expect(findPython({ cwd: '.' }, context)).toMatch(/^python3?$/);
    const venv = write('.venv/bin/python', '');
    chmodSync(venv, 0o755);
    expect(findPython({ cwd: '.' }, context)).toBe(venv);
    const active = write('other/bin/python', '');
    const withActive = { folder, virtualEnv: join(folder, 'other') };
    expect(findPython({ cwd: '.' }, withActive)).toBe(active);
    const withChosen = { ...withActive, chosenPython: '/chosen' };
    expect(findPython({ cwd: '.' }, withChosen)).toBe('/chosen');
    expect(findPython({ cwd: '.', interpreter: 'a/py' }, withChosen)).toBe(join(folder, 'a/py'));
  });
});

describe('known SDKs', () => {
  test('in manifests and sources', () => {
    expect(
      sdksOfPackageJson('{"dependencies":{"@openai/agents":"1"},"devDependencies":{"ai":"5"}}'),
    ).toEqual([...['@openai/agents', 'ai']]);
    expect(sdksOfPackageJson('broken')).toEqual([]);
    expect(sdksOfRequirements('openai-agents>=0.2\nlogfire[httpx]~=4.0\nnotopenai\n')).toEqual([
      ...['openai-agents', 'logfire'],
    ]);
    expect(sdksOfSource('a.py', 'from agents import Agent\nimport openai_like\n')).toEqual([
      'agents',
    ]);
    expect(sdksOfSource('a.mjs', "import OpenAI from 'openai';\nimport 'airtable';")).toEqual([
      'openai',
    ]);
    expect(sdksOfSource('a.cjs', 'const x = require("@openai/agents/realtime")')).toEqual([
      '@openai/agents',
    ]);
  });
});

describe('discovery', () => {
  test('offers what agents.json names, files that use an SDK, and scripts that run', async () => {
    write('.glassbox/agents.json', '[{"name":"main","command":["node","agent.mjs"]}]');
    write('agent.mjs', "import { run } from '@openai/agents';\nawait run();");
    write('tool.py', 'from agents import Agent, Runner\nif __name__ == "__main__":\n    pass\n');
    write('library.py', 'from agents import Agent\ndef make():\n    return Agent()\n');
    write('test_agent.py', 'import openai\nprint(1)\n');
    write('node_modules/x/index.js', "import 'openai';\nawait f();");
    write(
      'package.json',
      '{"dependencies":{"@openai/agents":"1"},"scripts":{"chat":"node agent.mjs","test":"node --test"}}',
    );
    const { agents, sdks, problems } = await discoverAgents(folder);
    expect(agents.map(({ agent, origin }) => [agent.name, origin])).toEqual([
      ['main', 'agents.json'],
      ['npm run chat', 'node agent.mjs'],
      ['tool.py', 'uses agents'],
    ]);
    expect(sdks).toEqual(['@openai/agents', 'agents', 'openai']);
    expect(problems).toEqual([]);
  });

  test('an empty folder has nothing to run', async () => {
    expect(await discoverAgents(folder)).toEqual({ agents: [], sdks: [], problems: [] });
  });
});
