import type * as FileSystem from 'node:fs';
import { notedSdkOf, tailOf } from './moduleTails';
import { watchOldNode, type OldHooks } from './oldNode';

/**
 * What `NODE_OPTIONS=--require` loads into every Node process started from Glassbox: it waits for
 * the first import of a known SDK and only then loads the rest. Compiled for Node 10, since it is
 * also loaded where nothing else of ours runs. It must cost next to nothing, never throw and
 * never print; it asks for built-in modules as late as it can, because each costs up to 3 ms.
 */

type Fact = Readonly<Record<string, string | number>>;

interface Tracing {
  connect(options: { endpoint: string; localOnly: boolean; note: (fact: Fact) => void }): {
    seen(kind: string, subject: unknown): void;
    wrap(kind: string, original: unknown): unknown;
  };
}

declare const require: (id: string) => unknown;
declare const __dirname: string;

const { env } = process;
const endpoint = env['GLASSBOX_ENDPOINT'];
const notes = env['GLASSBOX_RUN_NOTES'];
const localOnly = env['GLASSBOX_LOCAL_ONLY'] === '1';
const globals = globalThis as unknown as Record<symbol, unknown>;

/** One line in the run's notes, written at once so that it outlives any end of the process. */
function note(fact: Fact): void {
  if (!notes) return;
  try {
    const fs = require('node:fs') as typeof FileSystem;
    fs.appendFileSync(notes, JSON.stringify(fact) + '\n');
  } catch {
    // Notes are a courtesy: a full disk must not reach the user's program.
  }
}

/** Threads of the program load this file too; `worker_threads` would cost 3 ms to ask. */
function inWorker(): boolean {
  return (process.chdir as { disabled?: boolean }).disabled === true;
}

const noted: Record<string, boolean> = Object.create(null) as Record<string, boolean>;

function noteSdk(name: string, folder: string): void {
  if (noted[name]) return;
  noted[name] = true;
  let version = '';
  try {
    const fs = require('node:fs') as typeof FileSystem;
    const manifest = fs.readFileSync(new URL(folder + '/package.json'), 'utf8');
    version = String((JSON.parse(manifest) as { version?: unknown }).version);
  } catch {
    // A bundled SDK has no package file.
  }
  note({ event: 'sdk-seen', name, version });
}

let connected: ReturnType<Tracing['connect']> | undefined;

function tracing(): ReturnType<Tracing['connect']> {
  if (!connected) {
    const rest = require(__dirname + '/node-tracing.cjs') as Tracing;
    connected = rest.connect({ endpoint: String(endpoint), localOnly, note });
  }
  return connected;
}

/** Called by the appended lines, and with a trace provider by the accessor below. */
function seen(kind: string, subject: unknown, url?: string): void {
  if (!subject) return;
  try {
    const folder = url ? url.slice(0, url.lastIndexOf('/node_modules/') + 14) : '';
    if (kind === 'openai') noteSdk('openai', folder + 'openai');
    if (kind === 'agents') {
      noteSdk('@openai/agents', folder + '@openai/agents-core');
      const off = env['OPENAI_AGENTS_DISABLE_TRACING'] || '';
      if (off === '1' || off.toLowerCase() === 'true')
        disabled('OPENAI_AGENTS_DISABLE_TRACING=' + off);
      else if (env['NODE_ENV'] === 'test') disabled('NODE_ENV=test');
    }
    tracing().seen(kind, subject);
  } catch {
    // A broken hook may lose telemetry, never the user's run.
  }
}

/** Called by appended lines that replace a function of their module. */
function wrap(kind: string, original: unknown): unknown {
  try {
    return tracing().wrap(kind, original);
  } catch {
    return original;
  }
}

function disabled(reason: string): void {
  if (noted[reason]) return;
  noted[reason] = true;
  note({ event: 'tracing-disabled', reason });
}

interface Loaded {
  source?: unknown;
}
type Load = (
  url: string,
  context: unknown,
  next: (url: string, context: unknown) => Loaded,
) => Loaded;

interface ModuleHooks extends OldHooks {
  registerHooks?: (hooks: { load: Load }) => void;
}

/** Since Node 22.15 one synchronous hook sees ESM and CommonJS alike. */
const load: Load = (url, context, next) => {
  const loaded = next(url, context);
  const tail = tailOf(url);
  if (tail === undefined) {
    const sdk = notedSdkOf(url);
    if (sdk) noteSdk(sdk[0], sdk[1]);
    return loaded;
  }
  if (!loaded.source) return loaded;
  return Object.assign({}, loaded, { source: textOf(loaded.source) + tail });
};

function textOf(source: unknown): string {
  return typeof source === 'string' ? source : Buffer.from(source as Uint8Array).toString('utf8');
}

/**
 * `@openai/agents` since 0.3.8 keeps its provider in a global, also in bundled programs where no
 * module can be recognised.
 */
function watchAgents(): void {
  const symbol = Symbol.for('openai.agents.core.traceProvider');
  if (Object.getOwnPropertyDescriptor(globals, symbol)) return;
  let provider: unknown;
  Object.defineProperty(globals, symbol, {
    configurable: true,
    enumerable: false,
    get: () => provider,
    set: (value: unknown) => {
      provider = value;
      seen('agents', value);
    },
  });
}

/** The reason why this runtime is left alone. */
function unsupported(): string | undefined {
  const versions = process.versions as Record<string, string | undefined>;
  if (versions['bun'] || versions['deno']) return 'Bun and Deno are not traced by the Node hook';
  const parts = process.versions.node.split('.');
  const major = Number(parts[0]);
  if (major > 18 || (major === 18 && Number(parts[1]) >= 19)) return undefined;
  return 'Node ' + major + '.' + String(parts[1]) + ' is older than 18.19';
}

function start(): void {
  if (!endpoint) return;
  const reason = unsupported();
  if (reason !== undefined) {
    note({ event: 'unsupported', reason, pid: process.pid });
    return;
  }
  const key = Symbol.for('glassbox.node');
  if (globals[key]) return;
  Object.defineProperty(globals, key, { value: { seen, wrap }, enumerable: false });
  if (!inWorker()) {
    note({ event: 'hook-loaded', language: 'node', version: process.version, pid: process.pid });
  }
  const hooks = require('node:module') as ModuleHooks;
  if (hooks.registerHooks) hooks.registerHooks({ load });
  else watchOldNode(hooks);
  watchAgents();
}

try {
  start();
} catch {
  // Without the hook the program runs as it always did.
}
