import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Observation } from '../../src/model/observation';
import type { TraceWithObservations } from '../../src/model/trace';
import { Desk, finish } from './glassbox';
import { agentTrace, newSpanId, newTraceId, requestOf, send } from './otlp';

let desk: Desk;
beforeEach(() => (desk = new Desk()));
afterEach(() => desk.dispose());

const json = <T>(text: string): T => JSON.parse(text) as T;

async function served(...args: string[]) {
  const db = join(desk.folder, 'store', 'g.db');
  const { child, url } = await desk.serve(['--port', '0', '--db', db, ...args]);
  return { child, url, db };
}

async function stop(child: { kill(signal: NodeJS.Signals): boolean } & NodeJS.EventEmitter) {
  child.kill('SIGTERM');
  const [code] = (await once(child, 'exit')) as [number | null];
  return code;
}

describe('serve', () => {
  test('its first line is the base URL; what is sent is stored; it stops when told', async () => {
    const { child, url, db } = await served();
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    const spans = agentTrace();
    expect((await send(url, requestOf(spans))).status).toBe(200);
    expect(await stop(child)).toBe(0);
    const { stdout } = await desk.run(['traces', '--db', db, '--json']);
    const { traces } = json<{ traces: TraceWithObservations[] }>(stdout);
    expect(traces).toHaveLength(1);
    expect(traces[0]).toMatchObject({
      ...{ traceId: spans[0]?.traceId, status: 'ok', errorCount: 1, observationCount: 3 },
      ...{ agents: ['helper'], models: ['gpt-5-mini'], input: 'Tide at Brest?', output: '4.2 m' },
      usage: { input: 1000, output: 100 },
      counts: { agent: 1, generation: 1, tool: 1 },
      firstError: { message: 'no such port' },
    });
    expect(traces[0]?.cost?.total).toBeGreaterThan(0);
    expect(traces[0]).not.toHaveProperty('observations');
  });

  test('gRPC gives its address on the second line', async () => {
    const child = desk.start(['serve', '--port', '0', '--grpc-port', '0']);
    let text = '';
    child.stdout?.on('data', (data: Buffer) => (text += data.toString()));
    while (text.split('\n').length < 3) await once(child.stdout!, 'data');
    expect(text).toMatch(/^http:\/\/127\.0\.0\.1:\d+\n127\.0\.0\.1:\d+\n$/);
  });

  test('a taken port is said in a sentence, exit 2', async () => {
    const { url } = await served();
    const { code, stderr } = await desk.run(['serve', '--port', new URL(url).port]);
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: expect.stringMatching(/^glassbox: Port \d+ is taken/) as string,
    });
  });

  test('a store that another process writes is not written by a second', async () => {
    const { db } = await served();
    const { code, stderr } = await desk.run(['serve', '--port', '0', '--db', db]);
    expect(code).toBe(2);
    expect(stderr).toContain('Another process is using');
  });

  test('without --db the store lies in .glassbox/local, which git ignores', async () => {
    const { child, url } = await desk.serve(['--port', '0']);
    await send(url, requestOf(agentTrace()));
    await stop(child);
    expect(existsSync(join(desk.folder, '.glassbox', 'local', 'glassbox.db'))).toBe(true);
    expect(readFileSync(join(desk.folder, '.glassbox', '.gitignore'), 'utf8')).toBe('local/\n');
    expect(
      json<{ traces: unknown[] }>((await desk.run(['traces', '--json'])).stdout).traces,
    ).toHaveLength(1);
  });
});

describe('traces', () => {
  test('newest first, filtered, limited', async () => {
    const { child, url, db } = await served();
    const names = ['first', 'second', 'third'];
    for (const [index, name] of names.entries()) {
      const failed = name === 'second' ? 'broken' : undefined;
      await send(url, requestOf([{ traceId: newTraceId(), name, start: index * 1000, failed }]));
    }
    await stop(child);
    const list = async (...args: string[]) => {
      const { stdout } = await desk.run(['traces', '--db', db, '--json', ...args]);
      return json<{ traces: TraceWithObservations[] }>(stdout).traces.map(({ name }) => name);
    };
    expect(await list()).toEqual(['third', 'second', 'first']);
    expect(await list('--limit', '1')).toEqual(['third']);
    expect(await list('--filter', 'status:error')).toEqual(['second']);
    expect(await list('--filter', '-status:error name:f*')).toEqual(['first']);
  });

  test('free text and attributes are searched for, and the place is shown', async () => {
    const { child, url, db } = await served();
    const spans = agentTrace();
    await send(url, requestOf(spans));
    await send(url, requestOf([{ traceId: newTraceId(), name: 'other' }]));
    await stop(child);
    const list = async (filter: string) =>
      (await desk.run(['traces', '--db', db, '--filter', filter])).stdout.split('\n');
    expect(await list('"TIDE at brest"')).toMatchObject([
      expect.stringContaining(spans[0]?.traceId ?? '') as string,
      '  Tide at Brest?',
      '',
    ]);
    expect(await list('kind:tool attr.gen_ai.tool.name=tide')).toHaveLength(2);
    expect(await list('kind:agent attr.gen_ai.tool.name=tide')).toEqual(['']);
  });

  test('a filter that does not parse is shown with its position', async () => {
    const { code, stderr } = await desk.run(['traces', '--filter', 'stats:error']);
    expect(code).toBe(2);
    expect(stderr).toMatch(/stats:error\n\s+\^/);
  });

  test('a folder without a store has no traces; a named store must exist', async () => {
    expect((await desk.run(['traces', '--json'])).stdout).toBe('{"traces":[]}\n');
    const { code, stderr } = await desk.run(['traces', '--db', 'none.db']);
    expect(code).toBe(2);
    expect(stderr).toContain('there is no store');
  });
});

describe('trace', () => {
  test('one object with observations; attributes can be left out; the tree is readable', async () => {
    const { child, url, db } = await served();
    const spans = agentTrace();
    await send(url, requestOf(spans));
    await stop(child);
    const id = spans[0]?.traceId ?? '';
    const { stdout } = await desk.run(['trace', id.slice(0, 8), '--db', db, '--json']);
    const trace = json<TraceWithObservations>(stdout);
    expect(trace.observations.map(({ kind, name }) => [kind, name])).toEqual([
      ...[
        ['agent', 'helper'],
        ['generation', 'chat gpt-5-mini'],
        ['tool', 'tide'],
      ],
    ]);
    const [, call, tool] = trace.observations as [Observation, Observation, Observation];
    expect(call.inputMessages).toEqual([
      { role: 'user', parts: [{ type: 'text', text: 'Tide at Brest?' }] },
    ]);
    expect(tool).toMatchObject({ status: 'error', input: { port: 'Brest' }, toolName: 'tide' });
    expect(call.attributes['gen_ai.request.model']).toBe('gpt-5-mini');
    const bare = await desk.run([
      'trace',
      id,
      '--db',
      db,
      '--json',
      '--no-attributes',
      '--limit',
      '2',
    ]);
    const { observations } = json<TraceWithObservations>(bare.stdout);
    expect(observations).toHaveLength(2);
    expect(observations[0]).not.toHaveProperty('attributes');
    const tree = await desk.run(['trace', id, '--db', db]);
    expect(tree.stdout).toMatch(/└─ agent +helper/);
    expect(tree.stdout).toMatch(/ {3}├─ generation chat gpt-5-mini .*1,100 tokens/);
    expect(tree.stdout).toMatch(/ {3}└─ tool +tide .*error/);
  });

  test('an id that fits none or is no id', async () => {
    const { child, db } = await served();
    await stop(child);
    for (const id of ['abcd1234', 'xyz', 'ab']) {
      const { code, stderr } = await desk.run(['trace', id, '--db', db]);
      expect(code).toBe(2);
      expect(stderr).toMatch(/^glassbox: /);
    }
  });

  test('a trace of several pages comes whole and in order', async () => {
    const { child, url, db } = await served();
    const traceId = newTraceId();
    const root = newSpanId();
    const children = Array.from({ length: 450 }, (_, index) => ({
      ...{ traceId, parentSpanId: root, name: `step ${index}`, start: index + 1 },
    }));
    await send(url, requestOf([{ traceId, spanId: root, name: 'root', end: 1000 }, ...children]));
    await stop(child);
    const { stdout } = await desk.run(['trace', traceId, '--db', db, '--json']);
    const names = json<TraceWithObservations>(stdout).observations.map(({ name }) => name);
    expect(names).toEqual(['root', ...children.map(({ name }) => name)]);
  });
});

describe('export and import', () => {
  test('give the same trace in another store; again, only duplicates', async () => {
    const { child, url, db } = await served();
    const spans = agentTrace();
    await send(url, requestOf(spans));
    await stop(child);
    const id = spans[0]?.traceId ?? '';
    const file = join(desk.folder, 'trace.json');
    expect((await desk.run(['export', id, '--db', db, '-o', file])).code).toBe(0);
    const piped = await desk.run(['export', id, '--db', db, '--format', 'otlp-json']);
    expect(json(piped.stdout)).toEqual(json(readFileSync(file, 'utf8')));
    const other = join(desk.folder, 'other.db');
    const first = await desk.run(['import', file, '--db', other]);
    expect(json(first.stdout)).toEqual({ traces: 1, spans: 3, duplicates: 0 });
    const again = await desk.run(['import', file, '--db', other]);
    expect(json(again.stdout)).toEqual({ traces: 1, spans: 0, duplicates: 3 });
    const read = async (store: string) => {
      const { stdout } = await desk.run(['trace', id, '--db', store, '--json']);
      return { ...json<TraceWithObservations>(stdout), updatedTime: 0, git: undefined };
    };
    expect(await read(other)).toEqual(await read(db));
  });

  test.each([
    ['not json at all', '{"x":'],
    ['json of another kind', '{"hello":"world"}'],
    ['random bytes', '\u0001\u0002\u0003'],
  ])('%s is refused with a sentence', async (_, content) => {
    const file = join(desk.folder, 'bad');
    writeFileSync(file, content);
    const { code, stderr } = await desk.run(['import', file]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^glassbox: /);
  });
});

describe('wrong use', () => {
  test.each([
    [['unknown']],
    [['serve', '--port', 'x']],
    [['serve', 'extra']],
    [['run']],
    [['run', 'node']],
    [['traces', '--limit', '0']],
    [['trace']],
    [['export', 'abcd', '--format', 'zip']],
    [['import']],
    [['toString']],
  ])('%j exits 2', async (args) => {
    const { code, stderr } = await desk.run(args);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^glassbox: /);
  });

  test('help lists the commands', async () => {
    const { code, stdout } = await desk.run(['help']);
    expect(code).toBe(0);
    for (const name of ['serve', 'run', 'traces', 'trace', 'export', 'import']) {
      expect(stdout).toContain(`glassbox ${name}`);
    }
  });
});

test('a closed reader is no failure', async () => {
  const child = desk.start(['help']);
  child.stdout?.destroy();
  expect((await finish(child)).code).toBe(0);
});
