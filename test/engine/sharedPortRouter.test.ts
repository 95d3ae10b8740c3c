import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { silentLog } from '../../src/base/log';
import { SharedPortRouter } from '../../src/engine/sharedPortRouter';
import { decodeTraces, type Decoded, type DecodedSpan } from '../../src/otlp/decode';
import { tracesFromJson } from '../../src/otlp/json';

let server: Server;
let received: string[];
let status: number;
let endpoint: string;

beforeEach(async () => {
  received = [];
  status = 200;
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      received.push(...namesOf(decodeTraces(Buffer.concat(chunks))));
      response.writeHead(status).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}/w/t`;
});
afterEach(() => new Promise((resolve) => server.close(resolve)));

function namesOf(decoded: Decoded<DecodedSpan> | { malformed: string }): string[] {
  return 'malformed' in decoded ? [] : decoded.items.map(({ span }) => span.name);
}

function spans(...sketches: { name: string; resource?: string; path?: string }[]) {
  const attribute = (key: string, value: string | undefined) =>
    value === undefined ? [] : [{ key, value: { stringValue: value } }];
  const body = tracesFromJson(
    JSON.stringify({
      resourceSpans: sketches.map(({ name, resource, path }, index) => ({
        resource: { attributes: attribute('glassbox.workspace', resource) },
        scopeSpans: [
          {
            spans: [
              {
                traceId: '0af7651916cd43dd8448eb211c80319c',
                spanId: `000000000000000${index + 1}`,
                ...{ name, startTimeUnixNano: '1', endTimeUnixNano: '2' },
                attributes: attribute('code.file.path', path),
              },
            ],
          },
        ],
      })),
    }),
  );
  if ('malformed' in body) throw new Error(body.malformed);
  const decoded = decodeTraces(body.body);
  if ('malformed' in decoded) throw new Error(decoded.malformed);
  return decoded;
}

function router() {
  const kept: string[] = [];
  const made = new SharedPortRouter(
    { traces: async (decoded) => void kept.push(...namesOf(decoded)), logs: async () => undefined },
    { workspace: 'mine', log: silentLog },
  );
  made.setNeighbours([
    { workspace: 'theirs', folders: ['/work/theirs'], endpoint },
    { workspace: 'mine', folders: ['/work/mine'], endpoint: 'http://127.0.0.1:9/never' },
  ]);
  return { kept, router: made };
}

test('spans go to the workspace they name, else to the folder they name, else stay', async () => {
  const { kept, router: shared } = router();
  await shared.traces(
    spans(
      { name: 'mine', resource: 'mine', path: '/work/theirs/a.py' },
      { name: 'theirs', resource: 'theirs' },
      { name: 'in their folder', path: '/work/theirs/deep/a.py' },
      { name: 'in mine', path: '/work/mine/a.py' },
      { name: 'beside', path: '/work/theirs-not/a.py' },
      { name: 'unknown', resource: 'gone' },
      { name: 'silent' },
    ),
  );
  expect(received).toEqual(['theirs', 'in their folder']);
  expect(kept).toEqual(['mine', 'in mine', 'beside', 'unknown', 'silent']);
});

test('what a window does not take is kept here', async () => {
  const { kept, router: shared } = router();
  status = 503;
  await shared.traces(spans({ name: 'theirs', resource: 'theirs' }));
  expect(kept).toEqual(['theirs']);
});
