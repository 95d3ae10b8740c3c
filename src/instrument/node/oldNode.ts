import type * as FileSystem from 'node:fs';
import { tailOf } from './moduleTails';

/**
 * Node 18.19 to 22.14, which has no synchronous hooks: CommonJS is watched where its source is
 * compiled, ES modules through the loader thread. That thread costs some 30 ms to start, so it is
 * started only for programs that can come to import an ES module.
 */

declare const require: (id: string) => unknown;

/** What `node:module` has for this. */
export interface OldHooks {
  register?: (specifier: string) => void;
  prototype: {
    _compile: (...source: [content: string, filename: string, ...rest: unknown[]]) => unknown;
  };
}

export function watchOldNode(hooks: OldHooks): void {
  const compile = hooks.prototype._compile;
  let watched = false;
  const watchImports = (): void => {
    // Threads share the loader of the main thread.
    if (watched || !hooks.register) return;
    watched = true;
    hooks.register('data:text/javascript,' + encodeURIComponent(loaderSource()));
  };
  hooks.prototype._compile = function (this: unknown, ...source) {
    const [content, filename, ...rest] = source;
    const path = filename.replace(/\\/g, '/');
    if (!watched && path.indexOf('/node_modules/') < 0 && /\bimport\s*\(/.test(content)) {
      watchImports();
    }
    const tail = tailOf('file://' + (path[0] === '/' ? '' : '/') + path);
    return compile.call(this, tail === undefined ? content : content + tail, filename, ...rest);
  };
  if (startsWithModules()) watchImports();
}

function loaderSource(): string {
  return (
    'const tailOf = ' +
    tailOf.toString() +
    ';export async function load(url, context, next) {' +
    'const loaded = await next(url, context); const tail = tailOf(url);' +
    'if (tail === undefined || !loaded.source) return loaded;' +
    'const text = typeof loaded.source === "string" ? loaded.source : Buffer.from(loaded.source).toString("utf8");' +
    'return Object.assign({}, loaded, { source: text + tail }); }'
  );
}

/** False only where the program surely starts as CommonJS and with no loader of its own. */
function startsWithModules(): boolean {
  const options = process.execArgv.join(' ') + ' ' + String(process.env['NODE_OPTIONS']);
  if (
    /--(import|loader|experimental-loader|input-type|experimental-default-type)\b/.test(options)
  ) {
    return true;
  }
  const script = process.argv[1];
  if (!script) return /\bimport\b/.test(String((process as { _eval?: string })._eval));
  try {
    const fs = require('node:fs') as typeof FileSystem;
    const path = fs.existsSync(script) ? fs.realpathSync(script) : script;
    if (/\.c[jt]s$/.test(path)) return false;
    return /\.m[jt]s$/.test(path) || isModulePackage(path, fs);
  } catch {
    return true;
  }
}

/** Whether the nearest package above a file says that its files are ES modules. */
function isModulePackage(file: string, fs: typeof FileSystem): boolean {
  let folder = file;
  for (;;) {
    const above = folder.replace(/[\\/][^\\/]*$/, '');
    if (above === folder || above === '') return false;
    folder = above;
    const manifest = folder + '/package.json';
    if (!fs.existsSync(manifest)) continue;
    return (JSON.parse(fs.readFileSync(manifest, 'utf8')) as { type?: string }).type === 'module';
  }
}
