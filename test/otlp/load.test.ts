import { Agent, request } from 'node:http';
import { setImmediate } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { listenFor, Recorder } from './listening';
import { requestOf } from './oracle';

/** Sends through a pool of kept connections, as exporters do; gives the status. */
function post(port: number, agent: Agent, sending: { type: string; body: Uint8Array }) {
  return new Promise<number>((resolve, reject) => {
    const headers = {
      'content-type': sending.type,
      ...(sending.body[0] === 0x1f ? { 'content-encoding': 'gzip' } : {}),
    };
    const path = '/v1/traces';
    const outgoing = request({ host: '127.0.0.1', port, agent, method: 'POST', path, headers });
    outgoing
      .on('error', reject)
      .on('response', (response) =>
        response.resume().on('end', () => resolve(response.statusCode ?? 0)),
      )
      .end(sending.body);
  });
}

test('good and bad requests side by side do not disturb each other', async () => {
  const recorder = new Recorder();
  recorder.before = () => setImmediate();
  const { port } = await listenFor(recorder);
  const agent = new Agent({ keepAlive: true, maxSockets: 16 });
  const protobuf = 'application/x-protobuf';
  const spanOf = (i: number) => {
    const spanId = Buffer.alloc(8);
    spanId.writeUInt32BE(i + 1);
    return { traceId: Buffer.alloc(16, 1), spanId, startTimeUnixNano: '1700000000000000000' };
  };
  const statuses = await Promise.all(
    Array.from({ length: 400 }, (_, i) => {
      const body = requestOf([spanOf(i)]);
      if (i % 4 === 1) return post(port, agent, { type: protobuf, body: gzipSync(body) });
      if (i % 4 === 2) return post(port, agent, { type: protobuf, body: body.subarray(1) });
      if (i % 4 === 3) return post(port, agent, { type: 'text/plain', body });
      return post(port, agent, { type: protobuf, body });
    }),
  );
  agent.destroy();
  expect(statuses).toEqual(statuses.map((_, i) => [200, 200, 400, 415][i % 4]));
  const ids = new Set(recorder.spans.map(({ span }) => span.spanId));
  expect(ids.size).toBe(200);
  expect(recorder.spans).toHaveLength(200);
  expect(recorder.lines.length).toBeLessThan(30);
});
