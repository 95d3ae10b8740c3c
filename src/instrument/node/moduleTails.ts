/**
 * The line appended to the source of a module that holds a class to be instrumented, or
 * undefined for every other module. It hands the class to the bootstrap as soon as the module
 * has run; nothing in front of it moves, so line numbers and source maps stay true.
 *
 * Self-contained on purpose: its text is also sent to the loader thread of Node before 22.15.
 */
export function tailOf(url: string): string | undefined {
  const at = url.lastIndexOf('/node_modules/');
  if (at < 0) return undefined;
  const path = url.slice(at + 14);
  const first = path.charCodeAt(0);
  // 'o' of openai and '@' of scopes: everything else is decided by one comparison.
  if (first !== 111 && first !== 64) return undefined;
  const hook = 'globalThis[Symbol.for("glassbox.node")]';
  let code;
  if (/^openai\/(client|core)\.m?js$/.test(path)) {
    code = seen('openai', ['OpenAI', 'APIClient']);
  } else if (/^@openai\/agents-core\/dist\/tracing\/provider\.m?js$/.test(path)) {
    code = seen('agents', ['TraceProvider']);
  } else if (/^@openai\/agents-core\/dist\/tool\.m?js$/.test(path)) {
    const target = path.slice(-4) === '.mjs' ? 'tool' : 'exports.tool';
    code = target + '=' + hook + '.wrap("tool",' + target + ')';
  } else if (/^@opentelemetry\/sdk-trace(-base)?\/build\/\w+\/MultiSpanProcessor\.js$/.test(path)) {
    code = seen('otel', ['MultiSpanProcessor']);
  }
  return code && '\n;try{' + code + '}catch(_){}';

  function seen(kind: string, classes: string[]): string {
    const call = hook + '.seen(' + JSON.stringify(kind) + ',';
    const subjects = classes.map((name) => 'typeof ' + name + '==="function"?' + name + ':');
    return call + subjects.join('') + 'undefined,' + JSON.stringify(url) + ')';
  }
}

/** The SDK a module belongs to where that SDK is only noted, as `[name, package folder]`. */
export function notedSdkOf(url: string): readonly [string, string] | undefined {
  const at = url.lastIndexOf('/node_modules/');
  if (at < 0) return undefined;
  const found = /^(ai|@langchain\/core|@anthropic-ai\/sdk|logfire|langfuse)\//.exec(
    url.slice(at + 14),
  );
  return found && found[1] ? [found[1], url.slice(0, at + 14) + found[1]] : undefined;
}
