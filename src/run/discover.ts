import { readdir, readFile, stat } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { parseAgents, type Agent } from './agents';
import { sdksOfPackageJson, sdksOfRequirements, sdksOfSource } from './sdks';

/** What in a folder can be run as an agent, and which SDKs it uses. */

export interface FoundAgent {
  readonly agent: Agent;
  /** Why it is offered: the file that names it, or the SDK it imports. */
  readonly origin: string;
  /** The source file, relative to the folder, where one is known. */
  readonly file?: string;
}

export interface Discovery {
  readonly agents: readonly FoundAgent[];
  readonly sdks: readonly string[];
  /** What is wrong with `agents.json`. */
  readonly problems: readonly string[];
}

const mostFiles = 2000;
const mostBytes = 512 * 1024;
const deepest = 5;
const skipped = new Set([
  ...['node_modules', 'dist', 'build', 'out', 'coverage', 'target', 'vendor', 'site-packages'],
  ...['__pycache__', 'venv', 'env'],
]);
const manifests = /^(?:requirements.*\.txt|pyproject\.toml|Pipfile|setup\.py)$/;
const sources = /\.(?:py|m?js|cjs|m?ts)$/;

/** Looks through a folder: its `agents.json`, its scripts, and files that import a known SDK. */
export async function discoverAgents(folder: string, signal?: AbortSignal): Promise<Discovery> {
  const named = await readAgentsFile(folder);
  const sdks = new Set<string>();
  const agents: FoundAgent[] = named.agents.map((agent) => ({
    ...{ agent, origin: 'agents.json', file: fileOf(agent) },
  }));
  const known = new Set(agents.map(({ file }) => file));
  for await (const path of walk(folder, signal)) {
    const name = basename(path);
    const text = await readSmall(join(folder, path));
    if (name === 'package.json') {
      sdksOfPackageJson(text).forEach((sdk) => sdks.add(sdk));
      if (sdks.size > 0) agents.push(...scriptsOf(path, text));
    } else if (manifests.test(name)) {
      sdksOfRequirements(text).forEach((sdk) => sdks.add(sdk));
    } else {
      const [sdk, ...others] = sdksOfSource(name, text);
      if (sdk === undefined) continue;
      [sdk, ...others].forEach((used) => sdks.add(used));
      if (known.has(path) || !looksRunnable(name, text)) continue;
      agents.push({ agent: agentOfFile(folder, path), origin: `uses ${sdk}`, file: path });
    }
  }
  return { agents, sdks: [...sdks].sort(), problems: named.problems };
}

/** An agent that runs one source file. */
export function agentOfFile(folder: string, path: string): Agent {
  return {
    ...{ name: path, cwd: '.', env: {} },
    target: { type: 'command', command: runnerOf(folder, path), input: 'none' },
  };
}

function runnerOf(folder: string, path: string): readonly [string, ...string[]] {
  if (path.endsWith('.py')) return ['python3', path];
  const tsx = join(folder, 'node_modules', '.bin', 'tsx');
  return /\.m?ts$/.test(path) && existsSync(tsx) ? [tsx, path] : ['node', path];
}

async function readAgentsFile(folder: string) {
  const text = await readFile(join(folder, '.glassbox', 'agents.json'), 'utf8').catch(
    () => undefined,
  );
  return text === undefined ? { agents: [], problems: [] } : parseAgents(text);
}

function fileOf({ target, cwd }: Agent): string | undefined {
  const file =
    target.type === 'command' ? target.command.find((word) => sources.test(word)) : target.file;
  return file === undefined ? undefined : join(cwd, file);
}

/** Scripts of a package that start Node or Python themselves. */
function scriptsOf(path: string, text: string): readonly FoundAgent[] {
  const { scripts } = JSON.parse(text) as { scripts?: Record<string, unknown> };
  const cwd = dirname(path);
  return Object.entries(scripts ?? {}).flatMap(([name, script]) => {
    if (typeof script !== 'string' || !/^(?:node|tsx|ts-node|python3?|bun)\s+\S*\w/.test(script))
      return [];
    if (/--test\b|\btest\b|\bbuild\b/.test(`${name} ${script}`)) return [];
    const agent: Agent = {
      ...{ name: `npm run ${name}`, cwd, env: {} },
      target: { type: 'command', command: ['npm', 'run', name], input: 'none' },
    };
    return { agent, origin: script };
  });
}

/** A library file that merely imports an SDK is nothing to run. */
function looksRunnable(name: string, text: string): boolean {
  if (/\.(?:test|spec)\./.test(name) || /^(?:test_|conftest)/.test(name)) return false;
  if (name.endsWith('.py')) {
    return /__name__\s*==\s*['"]__main__['"]|^(?:asyncio\.run|print|Runner\.run_sync|\w+\s*=\s*Runner)/m.test(
      text,
    );
  }
  return /^(?:await |void |\w[\w.]*\(|(?:const|let)\s+\w+\s*=\s*await )/m.test(text);
}

async function* walk(folder: string, signal?: AbortSignal): AsyncGenerator<string> {
  const queue = [{ path: folder, depth: 0 }];
  let files = 0;
  for (let next = queue.shift(); next; next = queue.shift()) {
    signal?.throwIfAborted();
    const { path, depth } = next;
    const entries = await readdir(path, { withFileTypes: true }).catch(() => []);
    for (const entry of entries) {
      if (entry.name.startsWith('.')) continue;
      const inside = join(path, entry.name);
      if (entry.isDirectory()) {
        if (depth < deepest && !skipped.has(entry.name))
          queue.push({ path: inside, depth: depth + 1 });
      } else if (
        entry.name === 'package.json' ||
        manifests.test(entry.name) ||
        sources.test(entry.name)
      ) {
        if (++files > mostFiles) return;
        yield relative(folder, inside);
      }
    }
  }
}

async function readSmall(file: string): Promise<string> {
  const { size } = await stat(file).catch(() => ({ size: Infinity }));
  return size > mostBytes ? '' : readFile(file, 'utf8').catch(() => '');
}
