import { existsSync } from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';
import type { Agent } from './agents';

export interface AgentCommand {
  readonly command: readonly [string, ...string[]];
  readonly cwd: string;
}

export interface AgentContext {
  /** The workspace folder. */
  readonly folder: string;
  /** The editor's chosen Python, if it has one. */
  readonly chosenPython?: string;
  /** The active virtual environment (`VIRTUAL_ENV`). */
  readonly virtualEnv?: string;
  /** A program that runs Node scripts where `node` is not on the path. */
  readonly node?: string;
}

/** The command line that runs an agent with an input; without one, the agent's own default. */
export function agentCommand(
  agent: Agent,
  input: string | undefined,
  context: AgentContext,
): AgentCommand {
  const cwd = resolve(context.folder, agent.cwd);
  const { target } = agent;
  if (target.type === 'command') {
    const [program, ...args] = target.command;
    const withInput = target.input === 'argument' && input !== undefined ? [...args, input] : args;
    const resolved = isPython(program) ? findPython(agent, context) : program;
    return { command: [resolved, ...withInput], cwd };
  }
  const value = input ?? '';
  if (target.type === 'python') {
    const python = findPython(agent, context);
    return { command: [python, '-c', pythonFunction, target.file, target.function, value], cwd };
  }
  const node = context.node ?? 'node';
  return {
    command: [
      node,
      '--input-type=module',
      '-e',
      nodeFunction,
      '--',
      target.file,
      target.function,
      value,
    ],
    cwd,
  };
}

/**
 * The entry's interpreter, the editor's chosen one, the active environment, `.venv`, `python3`:
 * the first there is.
 */
export function findPython(
  agent: Pick<Agent, 'interpreter' | 'cwd'>,
  context: AgentContext,
): string {
  if (agent.interpreter !== undefined) {
    const named = agent.interpreter;
    return named.includes('/') && !isAbsolute(named) ? resolve(context.folder, named) : named;
  }
  if (context.chosenPython !== undefined) return context.chosenPython;
  const environments = [
    context.virtualEnv,
    join(context.folder, agent.cwd, '.venv'),
    join(context.folder, '.venv'),
  ];
  for (const environment of environments) {
    if (environment === undefined) continue;
    const python = pythonIn(environment);
    if (existsSync(python)) return python;
  }
  return process.platform === 'win32' ? 'python' : 'python3';
}

function pythonIn(environment: string): string {
  return process.platform === 'win32'
    ? join(environment, 'Scripts', 'python.exe')
    : join(environment, 'bin', 'python');
}

function isPython(program: string): boolean {
  return program === 'python' || program === 'python3';
}

/** Calls a function with its input, as text or as the JSON it is, and prints what it returns. */
const pythonFunction = `
import asyncio, importlib.util, inspect, json, os, sys
file, name, text = sys.argv[1:4]
sys.path.insert(0, os.path.dirname(os.path.abspath(file)))
spec = importlib.util.spec_from_file_location("agent_under_glass", file)
module = importlib.util.module_from_spec(spec)
sys.modules[spec.name] = module
spec.loader.exec_module(module)
try:
    value = json.loads(text)
except ValueError:
    value = text
result = getattr(module, name)(value)
if inspect.isawaitable(result):
    async def wait():
        return await result
    result = asyncio.run(wait())
print(result if isinstance(result, str) else json.dumps(result, default=str))
`;

const nodeFunction = `
import { pathToFileURL } from 'node:url';
const [file, name, text] = process.argv.slice(-3);
const module = await import(pathToFileURL(file));
let value = text;
try { value = JSON.parse(text); } catch {}
const result = await module[name](value);
console.log(typeof result === 'string' ? result : JSON.stringify(result));
`;
