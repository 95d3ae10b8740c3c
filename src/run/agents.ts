import { isRecord } from '../model/value';

/** What `.glassbox/agents.json` names: something that can be run with an input. */
export interface Agent {
  readonly name: string;
  readonly target:
    | {
        readonly type: 'command';
        readonly command: readonly [string, ...string[]];
        readonly input: AgentInput;
      }
    /** `file.py:function`. */
    | { readonly type: 'python'; readonly file: string; readonly function: string }
    /** `file.mjs#function`. */
    | { readonly type: 'node'; readonly file: string; readonly function: string };
  /** Relative to the workspace folder. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly envFile?: string;
  readonly interpreter?: string;
  readonly timeoutMs?: number;
  /** Where a command's output is read from; stdout unless said otherwise. */
  readonly output?: 'stdout' | 'trace';
}

/** How a command is given its input; `none` when it takes none. */
export type AgentInput = 'argument' | 'stdin' | 'none';

export interface AgentsFile {
  readonly agents: readonly Agent[];
  /** What is wrong with the file, a sentence each; the entries that are right are still there. */
  readonly problems: readonly string[];
}

/** Reads the text of `agents.json`: an object with `agents`, or a bare array. Never throws. */
export function parseAgents(text: string): AgentsFile {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { agents: [], problems: [`agents.json is not JSON: ${reason}`] };
  }
  const entries = isRecord(value) ? value.agents : value;
  if (!Array.isArray(entries)) {
    return { agents: [], problems: ['agents.json holds no list of agents.'] };
  }
  const read = entries.map((entry, index) => parseAgent(entry, `agents[${index}]`));
  return {
    agents: read.flatMap((result) => ('agent' in result ? result.agent : [])),
    problems: read.flatMap((result) => ('problem' in result ? result.problem : [])),
  };
}

type Parsed = { readonly agent: Agent } | { readonly problem: string };

function parseAgent(entry: unknown, place: string): Parsed {
  if (!isRecord(entry)) return { problem: `${place} is not an object.` };
  const { name, cwd = '.', env = {}, envFile, interpreter, timeoutMs, output } = entry;
  if (typeof name !== 'string' || name === '') return { problem: `${place} has no name.` };
  const target = parseTarget(entry);
  if (typeof target === 'string') return { problem: `${place} (${name}): ${target}` };
  if (typeof cwd !== 'string') return { problem: `${place} (${name}): cwd is not a text.` };
  if (!isRecord(env) || !Object.values(env).every((value) => typeof value === 'string')) {
    return { problem: `${place} (${name}): env is not a map of texts.` };
  }
  return {
    agent: {
      ...{ name, target, cwd, env: env as Record<string, string> },
      envFile: typeof envFile === 'string' ? envFile : undefined,
      interpreter: typeof interpreter === 'string' ? interpreter : undefined,
      timeoutMs: typeof timeoutMs === 'number' ? timeoutMs : undefined,
      output: output === 'trace' ? 'trace' : undefined,
    },
  };
}

/** The target, or what is wrong with it. */
function parseTarget({
  command,
  input,
  python,
  node,
}: Record<string, unknown>): Agent['target'] | string {
  if (typeof python === 'string') {
    const [, file, name] = /^(.+\.py):(\w+)$/.exec(python) ?? [];
    if (!file || !name) return `'${python}' is not of the form file.py:function.`;
    return { type: 'python', file, function: name };
  }
  if (typeof node === 'string') {
    const [, file, name] = /^(.+)#([\w$]+)$/.exec(node) ?? [];
    if (!file || !name) return `'${node}' is not of the form file.mjs#function.`;
    return { type: 'node', file, function: name };
  }
  if (!Array.isArray(command)) return 'it has no command, python or node entry.';
  const [program, ...args] = command as readonly unknown[];
  if (typeof program !== 'string' || !args.every((word) => typeof word === 'string')) {
    return 'command is not a list of texts.';
  }
  const inputs: readonly unknown[] = ['argument', 'stdin'];
  const way = inputs.includes(input) ? (input as AgentInput) : 'none';
  return { type: 'command', command: [program, ...args], input: way };
}
