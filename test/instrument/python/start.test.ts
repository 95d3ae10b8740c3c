import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { startCatcher, treeOf } from '../node/catcher';
import { startModel, type Outcome } from '../node/harness';
import { hookFolder, patience, program, python, run, until } from './harness';

const endpoint = 'http://127.0.0.1:9/w/token';
const folder = mkdtempSync(join(tmpdir(), 'glassbox start '));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A file below the test's folder. */
function file(path: string, text: string): string {
  const full = join(folder, path);
  mkdirSync(dirname(full), { recursive: true });
  writeFileSync(full, text);
  return full;
}

interface Interpreter {
  readonly executable: string;
  readonly version: readonly [major: number, minor: number];
  readonly name: string;
}

/** The interpreters of this machine, one of each version. */
function interpreters(): readonly Interpreter[] {
  const root = join(process.env['PYENV_ROOT'] ?? join(homedir(), '.pyenv'), 'versions');
  const folders = existsSync(root) ? readdirSync(root).map((name) => join(root, name, 'bin')) : [];
  const found = new Map<string, Interpreter>();
  for (const executable of [python.executable, ...folders.map((path) => join(path, 'python'))]) {
    try {
      const code = 'import sys; print("%d.%d" % sys.version_info[:2])';
      const name = execFileSync(executable, ['-c', code], { encoding: 'utf8' }).trim();
      const [major = 0, minor = 0] = name.split('.').map(Number);
      if (!found.has(name)) found.set(name, { executable, version: [major, minor], name });
    } catch {
      // No interpreter after all.
    }
  }
  return [...found.values()];
}

const all = interpreters();
const isOld = ({ version: [major, minor] }: Interpreter): boolean =>
  major < 3 || (major === 3 && minor < 9);
const modern = all.filter((one) => !isOld(one));
const old = all.filter(isOld);

const ending = ({ code, signal, stdout, stderr }: Outcome) => ({ code, signal, stdout, stderr });

/** The same program with and without the hook. */
async function compare(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const hooked = await run({ args, endpoint, env: withHook(env) });
  const plain = await run({ args, env });
  expect(ending(hooked)).toEqual(ending(plain));
  return hooked;
}

function withHook(env: Readonly<Record<string, string>>): Record<string, string> {
  const path = env['PYTHONPATH'];
  return path ? { ...env, PYTHONPATH: `${hookFolder()}${delimiter}${path}` } : { ...env };
}

const modules = `
import sys
before = set(sys.argv[1].split(','))
print(sorted(name for name in sys.modules if name not in before and name != '__main__'))
`;

describe.each(modern)('Python $name', ({ executable }) => {
  const list = 'import sys; print(",".join(sys.modules), end="")';

  test('starts with nothing more than a few small files', { timeout: patience }, async () => {
    const before = await run({ command: executable, args: ['-c', list] });
    const after = await run({
      command: executable,
      args: ['-c', modules, before.stdout],
      endpoint,
    });
    expect(after.stderr).toBe('');
    expect(JSON.parse(after.stdout.replaceAll("'", '"'))).toEqual([
      '__future__',
      'glassbox_hook',
      'glassbox_hook.bootstrap',
      'glassbox_hook.finder',
      'glassbox_hook.notes',
      'sitecustomize',
    ]);
    expect(after.notes).toEqual([
      expect.objectContaining({ event: 'hook-loaded', language: 'python' }) as unknown,
    ]);
  });

  test('can import every module of the hook', { timeout: patience }, async () => {
    const names = readdirSync(join(hookFolder(), 'glassbox_hook'))
      .filter((name) => name.endsWith('.py') && name !== '__init__.py')
      .map((name) => `glassbox_hook.${name.replace('.py', '')}`);
    const code = `import ${names.join(', ')}`;
    const outcome = await run({ command: executable, args: ['-W', 'error', '-c', code], endpoint });
    expect(outcome).toMatchObject({ code: 0, stderr: '' });
  });

  test.skipIf(process.platform === 'win32')('forks without a warning or a loss', async () => {
    const catcher = await startCatcher();
    const args = ['-X', 'dev', program('forking.py')];
    const outcome = await run({ command: executable, args, endpoint: catcher.endpoint });
    expect(outcome).toMatchObject({ code: 0, stdout: 'ok\n', stderr: '' });
    await until(() => catcher.spans().length === 11 && catcher.spans().every((s) => !s.running));
    await catcher.close();
    expect(catcher.spans().map((span) => span.name)).toEqual([
      ...[0, 1, 2, 3, 4].flatMap((number) => [`parent ${number}`, `child ${number}`]),
      'after the end',
    ]);
    expect(outcome.notes.at(-1)).toEqual({ event: 'exported', spans: 5 });
  });
});

test.each(old)('Python $name is told to be too old, and runs', async ({ executable, name }) => {
  const outcome = await run({ command: executable, args: ['-c', 'print("ran")'], endpoint });
  expect(outcome).toMatchObject({ code: 0, stdout: 'ran\n', stderr: '' });
  expect(outcome.notes).toEqual([
    expect.objectContaining({ event: 'unsupported', reason: `Python ${name} is older than 3.9` }),
  ]);
});

describe('a program', { timeout: patience }, () => {
  test('outside Glassbox is left alone', async () => {
    const code = 'import sys; print([type(finder).__name__ for finder in sys.meta_path])';
    const args = ['-c', code];
    const outcome = await run({ args, env: { PYTHONPATH: hookFolder() } });
    expect(outcome.stdout).not.toContain('Finder object');
    expect(outcome.stdout).toBe((await run({ args })).stdout);
  });

  test('keeps the sitecustomize it had', async () => {
    file(
      'chained/sitecustomize.py',
      'print("theirs", __name__, __file__.endswith("chained/sitecustomize.py"))',
    );
    const code = 'import sitecustomize; print(sitecustomize.__file__)';
    const env = { PYTHONPATH: join(folder, 'chained') };
    const hooked = await compare(['-c', code], env);
    expect(hooked.stdout).toContain('theirs sitecustomize True');
    expect(hooked.notes[0]).toMatchObject({ event: 'hook-loaded' });
  });

  test('sees the error of its sitecustomize as before', async () => {
    file('failing/sitecustomize.py', 'raise ValueError("theirs")');
    const hooked = await compare(['-c', 'print("ran")'], { PYTHONPATH: join(folder, 'failing') });
    expect(hooked.stderr).toContain('theirs');
  });

  test('sees the error of an import as before', async () => {
    file('broken/openai/__init__.py', 'from . import _base_client');
    file('broken/openai/_base_client.py', 'import a_module_that_is_not_there');
    const hooked = await compare(['-c', 'import openai'], { PYTHONPATH: join(folder, 'broken') });
    expect(hooked.stderr).toContain('a_module_that_is_not_there');
    expect(hooked.stderr).not.toContain('glassbox_hook');
  });

  test('may call a package of its own as an SDK is called', async () => {
    file('namesake/agents/__init__.py', 'from . import tracing, tool');
    file('namesake/agents/tracing/__init__.py', 'from . import setup, spans');
    file('namesake/agents/tracing/setup.py', 'VALUE = 1');
    file('namesake/agents/tracing/spans.py', 'VALUE = 2');
    file('namesake/agents/tool.py', 'VALUE = 3');
    const code = 'import agents; print(agents.tool.VALUE, agents.tracing.spans.__loader__.name)';
    const hooked = await compare(['-c', code], { PYTHONPATH: join(folder, 'namesake') });
    expect(hooked.stdout).toBe('3 agents.tracing.spans\n');
    expect(hooked.notes).toHaveLength(1);
  });

  test.each([
    ['run as a module', ['-m', 'json.tool', '--help']],
    [
      'that reloads its modules',
      ['-c', 'import importlib, json; importlib.reload(json); print(1)'],
    ],
    ['with its own exit code', ['-c', 'import sys; sys.exit(7)']],
    ['that fails', ['-c', 'raise KeyError("x")']],
    ['that is not Python', ['-c', 'not python at all']],
    ['in isolation, which no variable reaches', ['-I', '-c', 'print(1)']],
  ])('%s goes as without the hook', async (_name, args) => {
    await compare(args);
  });

  test('goes on where notes cannot be written and there is no home', async () => {
    const env = {
      GLASSBOX_RUN_NOTES: join(folder, 'no/such/notes'),
      HOME: join(folder, 'no-home'),
    };
    const outcome = await run({ args: ['-c', 'print("ran")'], endpoint, env });
    expect(outcome).toMatchObject({ code: 0, stdout: 'ran\n', stderr: '' });
  });

  test.each(['not an address', 'http://127.0.0.1:99999/w/t'])(
    'goes on where the address is %s',
    async (address) => {
      if (python.missing) return;
      const args = [program('client.py'), 'unreachable'];
      const env = { OPENAI_API_KEY: 'none' };
      const plain = await run({ args, env });
      const hooked = await run({ args, env, endpoint: address });
      expect(ending(hooked)).toEqual(ending(plain));
      expect(hooked.code).toBe(0);
    },
  );
});

test.skipIf(python.missing)(
  'the hook can be started late, with the SDKs imported and tracing set up',
  { timeout: patience },
  async () => {
    const catcher = await startCatcher();
    const model = await startModel({ script: [{ answer: 'hello' }] });
    const env = { ...model.env, HOOK_FOLDER: hookFolder(), HOOK_ENDPOINT: catcher.endpoint };
    const args = [program('late.py')];
    const outcome = await run({ args, env: { ...env, OPENAI_AGENTS_DISABLE_TRACING: '0' } });
    expect(outcome).toMatchObject({ code: 0, stdout: 'hello hello\n' });
    expect(treeOf(catcher.spans())).toBe(`generation chat gpt-5-mini
span own
  chain Agent workflow
    agent invoke_agent Late
      generation chat gpt-5-mini`);
    await Promise.all([catcher.close(), model.close()]);
  },
);
