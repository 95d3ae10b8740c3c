import { timingSafeEqual, createHash } from 'node:crypto';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { Signal } from './encode';
import { quoted, Refusal, shownPath } from './refusal';

/** Who may send, where to, and in which form: everything that is decided before the body. */

export interface GuardOptions {
  readonly port: number;
  readonly allowedHosts: readonly string[];
  readonly token: string | undefined;
}

/**
 * A page in a browser must not reach the receiver. The check of `Host` stops DNS rebinding, which
 * no rule of the browser does; every page that posts sends an `Origin`, and no exporter does.
 */
export function refuseCaller(
  request: IncomingMessage,
  { port, allowedHosts }: GuardOptions,
): Refusal | undefined {
  const [host, ...more] = request.headersDistinct.host ?? [];
  if (host === undefined || more.length > 0) {
    return new Refusal(403, 'Exactly one Host header is needed');
  }
  if (!isAllowedHost(host.toLowerCase(), { port, allowedHosts })) {
    return new Refusal(403, `The host ${quoted(host)} is not one this receiver is known by`);
  }
  const { origin, 'sec-fetch-site': site } = request.headers;
  if (origin !== undefined) return new Refusal(403, `Pages (${quoted(origin)}) may not send here`);
  if (site !== undefined && site !== 'none' && site !== 'same-origin') {
    return new Refusal(403, 'Pages may not send here');
  }
  return undefined;
}

function isAllowedHost(
  host: string,
  { port, allowedHosts }: Pick<GuardOptions, 'port' | 'allowedHosts'>,
): boolean {
  if (['127.0.0.1', 'localhost', '[::1]'].some((name) => host === `${name}:${port}`)) return true;
  const name = host.replace(/:\d+$/, '');
  return allowedHosts.some((allowed) => [host, name].includes(allowed.toLowerCase()));
}

export type Route =
  /** `runId` where the path names the run that the program belongs to: `/w/<token>/run/<id>`. */
  | { readonly kind: 'signal'; readonly signal: Signal; readonly runId?: string }
  | { readonly kind: 'call' }
  | { readonly kind: 'constant'; readonly value: object };

/** Exporters append `/v1/traces` to whatever base they were given, or use it as it is. */
export function routeOf(request: IncomingMessage, options: GuardOptions): Route | Refusal {
  const [target = ''] = (request.url ?? '').split('?', 1);
  const path = target.replace(/\/+$/, '');
  const constant = constants(options.port).get(path.replace(/^\/w\/[^/]+(?:\/run\/[^/]+)?/, ''));
  if (constant && request.method === 'GET') return { kind: 'constant', value: constant };
  const route = postRoute(path, options);
  if (!route) {
    return constant
      ? wrongMethod('GET')
      : new Refusal(404, `There is nothing at ${shownPath(path)}`);
  }
  return request.method === 'POST' ? route : wrongMethod('POST');
}

function postRoute(path: string, { token }: GuardOptions): Route | undefined {
  const call = /^\/w\/([^/]+)\/call$/.exec(path);
  if (call) {
    return token !== undefined && isEqual(call[1] ?? '', token) ? { kind: 'call' } : undefined;
  }
  const runId = /^\/w\/[^/]+\/run\/([\w-]{1,100})(?:\/|$)/.exec(path)?.[1];
  if (/^(?:|\/w\/[^/]+(?:\/run\/[^/]+)?)(?:|\/otel|\/api\/public\/otel)$/.test(path)) {
    return { kind: 'signal', signal: 'traces', runId };
  }
  const signal = signals.find((name) => path.endsWith(`/v1/${name}`));
  return signal && path.startsWith('/') ? { kind: 'signal', signal, runId } : undefined;
}

const signals: readonly Signal[] = ['traces', 'logs', 'metrics'];

function wrongMethod(allowed: string): Refusal {
  return new Refusal(405, `This path takes ${allowed} only`, { Allow: allowed });
}

/** What SDKs ask for before they send; nothing here is data. */
function constants(port: number): ReadonlyMap<string, object> {
  const local = { id: 'local', name: 'local' };
  const project = { ...local, organization: local, metadata: {}, retentionDays: null };
  return new Map<string, object>([
    ['/v1/info', { project_name: 'local', project_url: `http://127.0.0.1:${port}/` }],
    ['/api/public/health', { status: 'OK', version: '3.0.0' }],
    ['/api/public/projects', { data: [project] }],
  ]);
}

/** In a time that tells nothing of how far two texts agree. */
function isEqual(given: string, known: string): boolean {
  const hash = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(hash(given), hash(known));
}

export type Format = 'protobuf' | 'json';

/** The format a request names, without parameters and in either case. */
export function formatOf(headers: IncomingHttpHeaders): Format | Refusal {
  const [type = ''] = (headers['content-type'] ?? '').split(';', 1);
  switch (type.trim().toLowerCase()) {
    case 'application/x-protobuf':
      return 'protobuf';
    case 'application/json':
      return 'json';
    default:
      return new Refusal(
        415,
        `Content-Type is application/x-protobuf or application/json, not ${quoted(type)}`,
      );
  }
}
