import type { Source } from '../model/observation';
import type { Attributes, Span } from '../model/span';
import type { Json } from '../model/value';
import type { Content, Dialect, Facts } from './dialect';
import { compact, jsonAt, numberAt, textAt } from './reader';

/** OpenTelemetry's general conventions: HTTP, databases, RPC, source code, users and sessions. */
export const plain: Dialect = {
  name: 'otel',
  ai: false,
  ownsKey: () => true,
  ownsScope: () => true,
  facts,
  content,
};

function facts(span: Span): Facts {
  const { attributes } = span;
  return {
    name: readableName(span),
    sessionId: textAt(attributes, 'session.id'),
    userId: textAt(attributes, 'user.id', 'enduser.id'),
  };
}

const methods = /^(?:HTTP )?(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS|TRACE|CONNECT|HTTP|_OTHER)$/;

/** Clients may name a span by its method alone; where it went makes it readable. */
function readableName({ name, attributes }: Span): string | undefined {
  const method = methods.exec(name)?.[1];
  if (method !== undefined) return httpName(method, attributes);
  const operation = textAt(attributes, 'db.operation.name', 'db.operation');
  if (operation !== undefined && operation === name) return databaseName(operation, attributes);
  return undefined;
}

function httpName(method: string, attributes: Attributes): string | undefined {
  const route = textAt(attributes, 'http.route', 'url.template', 'http.target', 'url.path');
  if (route !== undefined) return `${method} ${route}`;
  const url = textAt(attributes, 'url.full', 'http.url');
  if (url !== undefined) return `${method} ${url.replace(/^https?:\/\//, '').replace(/\?.*$/, '')}`;
  const host = textAt(attributes, 'server.address', 'net.peer.name');
  return host === undefined ? undefined : `${method} ${host}`;
}

function databaseName(operation: string, attributes: Attributes): string | undefined {
  const summary = textAt(attributes, 'db.query.summary');
  if (summary !== undefined) return summary;
  const target = textAt(
    attributes,
    'db.collection.name',
    'db.sql.table',
    'db.namespace',
    'db.name',
  );
  return target === undefined ? undefined : `${operation} ${target}`;
}

function content(span: Span): Content {
  const { attributes } = span;
  return {
    input: inputOf(attributes),
    output: outputOf(attributes),
    source: sourceOf(span),
  };
}

function inputOf(attributes: Attributes): Json | undefined {
  const query = textAt(attributes, 'db.query.text', 'db.statement');
  if (query !== undefined) return query;
  const method = textAt(attributes, 'http.request.method', 'http.method');
  if (method !== undefined) {
    const url = textAt(attributes, 'url.full', 'http.url', 'http.target', 'url.path');
    return compact<Record<string, Json>>({ method, ...(url === undefined ? {} : { url }) });
  }
  const remote = textAt(attributes, 'rpc.method');
  const service = textAt(attributes, 'rpc.service');
  if (remote === undefined) return jsonAt(attributes, 'messaging.message.body');
  return service === undefined ? remote : `${service}/${remote}`;
}

function outputOf(attributes: Attributes): Json | undefined {
  const status = numberAt(attributes, 'http.response.status_code', 'http.status_code');
  const method = textAt(attributes, 'http.request.method', 'http.method');
  if (status !== undefined && method !== undefined) return { status };
  const rows = numberAt(attributes, 'db.response.returned_rows');
  return rows === undefined ? undefined : { rows };
}

/** Relative paths are joined to the working directory where the sender tells it. */
function sourceOf({ attributes, resource }: Span): Source | undefined {
  const sent = textAt(attributes, 'code.file.path', 'code.filepath');
  if (sent === undefined) return undefined;
  const folder = textAt(resource, 'logfire.code.work_dir', 'process.working_directory');
  const called = textAt(attributes, 'code.function.name', 'code.function');
  const space = textAt(attributes, 'code.namespace');
  const file = folder === undefined || isAbsolute(sent) ? sent : `${folder}/${sent}`;
  return compact({
    file,
    line: numberAt(attributes, 'code.line.number', 'code.lineno'),
    function:
      called === undefined || space === undefined || called.includes('.')
        ? called
        : `${space}.${called}`,
  });
}

function isAbsolute(path: string): boolean {
  return /^(?:[/\\]|[A-Za-z]:[/\\]|file:)/.test(path);
}
