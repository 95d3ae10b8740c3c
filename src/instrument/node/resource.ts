import { basename } from 'node:path';

export interface OwnResource {
  /** What every span of ours carries. */
  readonly all: Readonly<Record<string, unknown>>;
  /** The link to the run and the workspace, which copies of the user's spans carry too. */
  readonly ours: Readonly<Record<string, unknown>>;
}

/** The resource as the environment names it, and the process it runs in. */
export function ownResource(): OwnResource {
  const named = parse(process.env['OTEL_RESOURCE_ATTRIBUTES'] ?? '');
  const ours = Object.fromEntries(
    Object.entries(named).filter(([key]) => key.startsWith('glassbox.')),
  );
  const script = process.argv[1];
  const service =
    process.env['OTEL_SERVICE_NAME'] ||
    named['service.name'] ||
    process.env['npm_package_name'] ||
    (script ? basename(script).replace(/\.\w+$/, '') : 'node');
  const all = {
    'telemetry.sdk.name': 'opentelemetry',
    'telemetry.sdk.language': 'nodejs',
    'process.pid': process.pid,
    'process.runtime.name': 'nodejs',
    'process.runtime.version': process.versions.node,
    ...(script ? { 'process.command': script } : {}),
    ...named,
    'service.name': service,
  };
  return { all, ours };
}

/** `key=value,key=value`, values percent-encoded. */
function parse(text: string): Record<string, string> {
  const pairs: [string, string][] = [];
  for (const pair of text.split(',')) {
    const at = pair.indexOf('=');
    if (at <= 0) continue;
    pairs.push([decode(pair.slice(0, at).trim()), decode(pair.slice(at + 1).trim())]);
  }
  return Object.fromEntries(pairs);
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
