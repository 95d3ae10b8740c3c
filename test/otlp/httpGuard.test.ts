import type { IncomingMessage } from 'node:http';
import { describe, expect, test } from 'vitest';
import { formatOf, refuseCaller, routeOf } from '../../src/otlp/httpGuard';
import { Refusal } from '../../src/otlp/refusal';

const options = {
  port: 24180,
  allowedHosts: ['host.docker.internal', 'box.test:99'],
  token: 't0k',
};

function asked(method: string, url: string): IncomingMessage {
  return { method, url } as IncomingMessage;
}

/** The route in a word: a signal, `call`, `constant` or a status. */
function route(method: string, url: string, token: string | undefined = options.token): string {
  const found = routeOf(asked(method, url), { ...options, token });
  if (found instanceof Refusal) return String(found.status);
  return found.kind === 'signal' ? found.signal : found.kind;
}

describe('routes', () => {
  test.each([
    ['POST', '/v1/traces', 'traces'],
    ['POST', '/v1/logs', 'logs'],
    ['POST', '/v1/metrics', 'metrics'],
    ['POST', '/v1/logs///', 'logs'],
    ['POST', '/w/x/v1/logs?a=/v1/traces', 'logs'],
    ['POST', '/api/public/otel/v1/metrics', 'metrics'],
    ['POST', '/api/v1/otel/v1/traces', 'traces'],
    ['POST', '/w/x/api/public/otel', 'traces'],
    ['POST', '/w/x/otel', 'traces'],
    ['POST', '/w/x/', 'traces'],
    ['POST', '', 'traces'],
    ['POST', '/w/', '404'],
    ['POST', '/v1/tracesx', '404'],
    ['POST', '/xv1/traces', '404'],
    ['POST', '/v1development/profiles', '404'],
    ['POST', '/v1/traces/ingest', '404'],
    ['POST', '/otel/x', '404'],
    ['POST', 'http://evil.test/v1/traces', '404'],
    ['POST', '*', '404'],
    ['PUT', '/v1/traces', '405'],
    ['HEAD', '/v1/traces', '405'],
    ['GET', '/', '405'],
    ['GET', '/favicon.ico', '404'],
    ['GET', '/v1/info', 'constant'],
    ['GET', '/w/x/api/public/health?x', 'constant'],
    ['GET', '/api/public/projects/', 'constant'],
    ['HEAD', '/v1/info', '405'],
    ['POST', '/api/public/health', '405'],
    ['GET', '/w/x/y/v1/info', '404'],
    ['POST', '/w/t0k/call', 'call'],
    ['POST', '/w/t0k/call/', 'call'],
    ['GET', '/w/t0k/call', '405'],
    ['POST', '/w/T0k/call', '404'],
    ['POST', '/w/t0k%20/call', '404'],
    ['POST', '/w/t0k/x/call', '404'],
    ['POST', '/w/t0k/call/v1/traces', 'traces'],
  ])('%s %s: %s', (method, url, expected) => {
    expect(route(method, url)).toBe(expected);
  });

  test('without a token nobody calls', () => {
    const found = routeOf(asked('POST', '/w/undefined/call'), { ...options, token: undefined });
    expect(found).toBeInstanceOf(Refusal);
  });

  test('a refusal does not repeat the token', () => {
    const found = routeOf(asked('POST', '/w/t0k/secret'), options);
    expect(found instanceof Refusal && found.message).toBe('There is nothing at "/w/…/secret"');
  });
});

describe('callers', () => {
  function refused(headers: Record<string, string>): boolean {
    const headersDistinct = Object.fromEntries(Object.entries(headers).map(([k, v]) => [k, [v]]));
    const request = { headers, headersDistinct } as unknown as IncomingMessage;
    return refuseCaller(request, options) !== undefined;
  }

  test.each([
    ['127.0.0.1:24180', false],
    ['localhost:24180', false],
    ['[::1]:24180', false],
    ['host.docker.internal', false],
    ['HOST.docker.internal:24180', false],
    ['box.test:99', false],
    ['box.test:98', true],
    ['box.test', true],
    ['localhost', true],
    ['localhost:24181', true],
    ['localhost.:24180', true],
    ['127.0.0.2:24180', true],
    ['0.0.0.0:24180', true],
    ['[::1%eth0]:24180', true],
    ['user@localhost:24180', true],
    ['localhost:24180 ', true],
    ['xhost.docker.internal', true],
    ['host.docker.internal.evil.test', true],
    ['', true],
  ])('of host %j are refused: %s', (host, expected) => {
    expect(refused({ host })).toBe(expected);
  });

  test.each([
    [{}, false],
    [{ origin: 'http://localhost:24180' }, true],
    [{ origin: '' }, true],
    [{ 'sec-fetch-site': 'none' }, false],
    [{ 'sec-fetch-site': 'cross-site' }, true],
    [{ 'user-agent': 'OTel-OTLP-Exporter-Python/1.30' }, false],
  ])('with %j are refused: %s', (headers, expected) => {
    expect(refused({ host: 'localhost:24180', ...headers })).toBe(expected);
  });
});

describe('formats', () => {
  test.each([
    ['application/x-protobuf', 'protobuf'],
    ['APPLICATION/JSON;charset=utf-8', 'json'],
    [' application/json ; x=y', 'json'],
  ])('%j is %s', (type, format) => {
    expect(formatOf({ 'content-type': type })).toBe(format);
  });

  test.each(['', 'text/plain', 'application/grpc', 'application/json5', 'x/application/json'])(
    '%j is none',
    (type) => {
      expect(formatOf({ 'content-type': type })).toMatchObject({ status: 415 });
      expect(formatOf({})).toMatchObject({ status: 415 });
    },
  );
});
