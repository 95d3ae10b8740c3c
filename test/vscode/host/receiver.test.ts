import { deepStrictEqual, ok, strictEqual } from 'node:assert';
import { randomBytes } from 'node:crypto';
import { commandLine, endpoint, eventually } from './support.ts';

interface Trace {
  readonly traceId: string;
  readonly name: string;
  readonly status: string;
  readonly usage?: { readonly input?: number; readonly output?: number };
  readonly observations: readonly { readonly kind: string; readonly model?: string }[];
}

describe('the receiver', () => {
  it('takes spans, and the command line beside the window finds them', async () => {
    const base = await endpoint();
    const traceId = randomBytes(16).toString('hex');
    const response = await post(`${base}/v1/traces`, modelCall(traceId));
    strictEqual(response.status, 200);
    deepStrictEqual(await response.json(), {});
    const trace = await eventually('the trace on the command line', async () => {
      return (await commandLine('trace', traceId, '--json')) as Trace;
    });
    strictEqual(trace.traceId, traceId);
    strictEqual(trace.status, 'ok');
    deepStrictEqual([trace.usage?.input, trace.usage?.output], [120, 34]);
    deepStrictEqual(
      trace.observations.map(({ kind, model }) => [kind, model]),
      [['generation', 'gpt-5-mini']],
    );
  });

  it('lists it for a filter, and only for one it meets', async () => {
    const base = await endpoint();
    const traceId = randomBytes(16).toString('hex');
    await post(`${base}/v1/traces`, modelCall(traceId));
    const listed = async (filter: string) => {
      const { traces } = (await commandLine('traces', '--json', '--filter', filter)) as {
        traces: readonly Trace[];
      };
      return traces.some((trace) => trace.traceId === traceId);
    };
    await eventually('the trace in the list', async () => (await listed('')) || undefined);
    ok(await listed('model:gpt-5* kind:generation status:ok'));
    ok(!(await listed('errors>0')));
  });

  it('refuses pages of the web', async () => {
    const response = await post(`${await endpoint()}/v1/traces`, modelCall('0'.repeat(31) + '1'), {
      origin: 'https://example.com',
    });
    strictEqual(response.status, 403);
  });

  it('refuses what is no telemetry, and goes on', async () => {
    const base = await endpoint();
    strictEqual((await post(`${base}/v1/traces`, '{"resourceSpans": 3')).status, 400);
    strictEqual((await post(`${base}/v1/traces`, { resourceSpans: [] })).status, 200);
  });
});

function post(url: string, body: object | string, headers: Record<string, string> = {}) {
  return fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
}

function modelCall(traceId: string): object {
  const end = Date.now();
  const attributes = {
    'gen_ai.operation.name': { stringValue: 'chat' },
    'gen_ai.provider.name': { stringValue: 'openai' },
    'gen_ai.request.model': { stringValue: 'gpt-5-mini' },
    'gen_ai.response.model': { stringValue: 'gpt-5-mini' },
    'gen_ai.usage.input_tokens': { intValue: '120' },
    'gen_ai.usage.output_tokens': { intValue: '34' },
  };
  const span = {
    traceId,
    spanId: randomBytes(8).toString('hex'),
    name: 'chat gpt-5-mini',
    kind: 3,
    startTimeUnixNano: `${end - 1000}000000`,
    endTimeUnixNano: `${end}000000`,
    attributes: Object.entries(attributes).map(([key, value]) => ({ key, value })),
    status: { code: 1 },
  };
  return {
    resourceSpans: [
      {
        resource: { attributes: [{ key: 'service.name', value: { stringValue: 'host-suite' } }] },
        scopeSpans: [{ scope: { name: 'host-suite' }, spans: [span] }],
      },
    ],
  };
}
