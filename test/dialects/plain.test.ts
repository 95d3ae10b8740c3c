import { describe, expect, test } from 'vitest';
import { observe, summarise } from '../../src/dialects/observe';
import { spanOf, type SpanDraft } from './span';

describe('names', () => {
  test.each<[string, SpanDraft, string]>([
    ['a route', { name: 'GET', attributes: { 'http.route': '/ports/{id}' } }, 'GET /ports/{id}'],
    [
      'an address',
      { name: 'POST', attributes: { 'url.full': 'https://api.example.com/v1/chat?key=1' } },
      'POST api.example.com/v1/chat',
    ],
    [
      'a host',
      { name: 'HTTP GET', attributes: { 'server.address': 'example.com' } },
      'GET example.com',
    ],
    ['nothing more to say', { name: 'GET' }, 'GET'],
    ['a name that says it', { name: 'GET /a', attributes: { 'http.route': '/b' } }, 'GET /a'],
    [
      'a table',
      {
        name: 'SELECT',
        attributes: { 'db.operation.name': 'SELECT', 'db.collection.name': 'ports' },
      },
      'SELECT ports',
    ],
    [
      'a summary',
      {
        name: 'SELECT',
        attributes: { 'db.operation': 'SELECT', 'db.query.summary': 'SELECT ports' },
      },
      'SELECT ports',
    ],
  ])('%s', (_, draft, name) => {
    expect(summarise(spanOf(draft)).name).toBe(name);
  });
});

describe('input and output', () => {
  test.each<[string, NonNullable<SpanDraft['attributes']>, object]>([
    [
      'HTTP',
      { 'http.request.method': 'GET', 'url.full': 'http://x/', 'http.response.status_code': 200 },
      { input: { method: 'GET', url: 'http://x/' }, output: { status: 200 } },
    ],
    [
      'HTTP of old',
      { 'http.method': 'GET', 'http.url': 'http://x/', 'http.status_code': '200' },
      { input: { method: 'GET', url: 'http://x/' }, output: { status: 200 } },
    ],
    [
      'a database',
      { 'db.query.text': 'SELECT 1', 'db.response.returned_rows': 1 },
      { input: 'SELECT 1', output: { rows: 1 } },
    ],
    ['a database of old', { 'db.statement': 'SELECT 1' }, { input: 'SELECT 1' }],
    ['RPC', { 'rpc.service': 'Ports', 'rpc.method': 'Get' }, { input: 'Ports/Get' }],
  ])('%s', (_, attributes, expected) => {
    expect(observe(spanOf({ attributes }), [])).toMatchObject(expected);
  });
});

describe('source', () => {
  test.each<[string, SpanDraft, object | undefined]>([
    [
      'new names',
      {
        attributes: {
          'code.file.path': '/a/b.py',
          'code.line.number': 7,
          'code.function.name': 'm.f',
        },
      },
      { file: '/a/b.py', line: 7, function: 'm.f' },
    ],
    [
      'old names',
      {
        attributes: {
          'code.filepath': 'b.py',
          'code.lineno': 7,
          'code.function': 'f',
          'code.namespace': 'm',
        },
      },
      { file: 'b.py', line: 7, function: 'm.f' },
    ],
    [
      'a folder told beside',
      { attributes: { 'code.filepath': 'b.py' }, resource: { 'process.working_directory': '/a' } },
      { file: '/a/b.py' },
    ],
    [
      'an absolute file stays',
      {
        attributes: { 'code.filepath': 'C:\\a\\b.py' },
        resource: { 'process.working_directory': '/a' },
      },
      { file: 'C:\\a\\b.py' },
    ],
    ['no file, no source', { attributes: { 'code.lineno': 7 } }, undefined],
  ])('%s', (_, draft, expected) => {
    expect(observe(spanOf(draft), []).source).toEqual(expected);
  });
});

test('session and user', () => {
  const attributes = { 'session.id': 's1', 'enduser.id': 'ada' };
  expect(summarise(spanOf({ attributes }))).toMatchObject({ sessionId: 's1', userId: 'ada' });
});
