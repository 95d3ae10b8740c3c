import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { silentLog } from '../../src/base/log';
import { Core, type CoreOptions } from '../../src/core/core';
import type { Filter } from '../../src/model/filter';
import { exportTrace } from '../../src/core/exportTrace';
import { readWindows } from '../../src/run/windows';
import { cli } from '../cli/glassbox';
import { agentTrace, newTraceId, requestOf, send } from '../cli/otlp';

let folder: string;
const open: Core[] = [];
const children: ChildProcess[] = [];
const home = process.env.GLASSBOX_HOME;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'glassbox-core-'));
  process.env.GLASSBOX_HOME = join(folder, 'home');
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((core) => core.close()));
  for (const child of children.splice(0)) child.kill('SIGKILL');
  if (home === undefined) delete process.env.GLASSBOX_HOME;
  else process.env.GLASSBOX_HOME = home;
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

async function openCore(overrides: Partial<CoreOptions['ingest']> = {}, alone = false) {
  const core = await Core.open({
    workerFile: resolve('dist', 'worker.js'),
    folders: [folder],
    alone,
    log: silentLog,
    ingest: {
      ...{ file: join(folder, 'store', 'g.db'), port: 0, whenTaken: 'nextFree', token: 'secret' },
      ...{ workspace: 'w', allowedHosts: [], retentionBytes: 1e9, prices: {}, secretPatterns: [] },
      ...overrides,
    },
  });
  open.push(core);
  return core;
}

async function eventually<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
  for (let tries = 0; tries < 400; tries++) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    await sleep(50);
  }
  throw new Error(`Never: ${what}`);
}

test('announces traces as they change, and reads them', async () => {
  const core = await openCore();
  const heard: string[] = [];
  core.onTracesChanged(({ changed }) => heard.push(...changed.map(({ status }) => status)));
  const traceId = newTraceId();
  await send(
    core.endpoint,
    requestOf([{ traceId, spanId: '00000000000000aa', name: 'x', end: 'running' }]),
  );
  await eventually('running', async () => heard.includes('running') || undefined);
  await send(core.endpoint, requestOf([{ traceId, spanId: '00000000000000aa', name: 'x' }]));
  await eventually('ok', async () => heard.includes('ok') || undefined);
  expect(await core.query.summary(traceId)).toMatchObject({ status: 'ok', observationCount: 1 });
  expect(await core.query.view(traceId)).toMatchObject({ columns: { count: 1 } });
});

test('indexes what arrives, so that it is found by its words', async () => {
  const core = await openCore();
  const spans = agentTrace();
  await send(core.endpoint, requestOf(spans));
  await eventually('indexed', async () => {
    const { indexed, traces } = await core.query.searchLag();
    return (indexed && traces === 0) || undefined;
  });
  const filter: Filter = { type: 'text', text: 'tide at Brest', position: 0 };
  const found = await core.query.traces({ filter, limit: 5 });
  expect(found.map(({ traceId }) => traceId)).toEqual([spans[0]?.traceId]);
});

test('stars, deletes and brings back', async () => {
  const core = await openCore();
  const spans = agentTrace();
  const traceId = spans[0]?.traceId ?? '';
  await send(core.endpoint, requestOf(spans));
  await core.writes.setStarred(traceId, true);
  expect(await core.query.summary(traceId)).toMatchObject({ starred: true });
  const removed = new Promise((done) =>
    core.onTracesChanged((changes) => changes.removed.length && done(changes.removed)),
  );
  await core.writes.remove([traceId]);
  expect(await removed).toEqual([traceId]);
  expect(await core.query.traces({ limit: 10 })).toEqual([]);
  await core.writes.restore([traceId]);
  expect(await core.query.traces({ limit: 10 })).toHaveLength(1);
});

test('what is scored by hand goes with an export', async () => {
  const core = await openCore();
  const spans = agentTrace();
  const traceId = spans[0]?.traceId ?? '';
  await send(core.endpoint, requestOf(spans));
  await core.writes.setScore(traceId, { name: 'tone', label: 'kind', comment: 'well said' });
  let json = '';
  for await (const piece of exportTrace(core.query, traceId)) json += piece;
  const other = await openCore({ file: join(folder, 'other', 'g.db'), token: 'other' });
  await other.writes.importTraces({ json });
  await other.writes.importTraces({ json });
  expect((await other.query.trace(traceId))?.scores).toEqual([
    { name: 'tone', label: 'kind', comment: 'well said', source: 'human' },
  ]);
});

test('a second one follows the owner, writes through it, and takes over when it ends', async () => {
  const first = await openCore();
  const second = await openCore({ port: first.listening?.port });
  expect(second.listening).toBeUndefined();
  expect(second.endpoint).toBe(first.endpoint);
  const spans = agentTrace();
  const traceId = spans[0]?.traceId ?? '';
  const heard = new Promise((done) =>
    second.onTracesChanged(({ changed }) => done(changed[0]?.traceId)),
  );
  await send(second.endpoint, requestOf(spans));
  expect(await heard).toBe(traceId);
  await second.writes.setScore(traceId, { name: 'thumbs', value: 1 });
  expect((await first.query.trace(traceId))?.scores).toMatchObject([{ name: 'thumbs' }]);
  await second.writes.removeScore(traceId, { name: 'thumbs' });
  expect((await first.query.trace(traceId))?.scores).toEqual([]);
  await expect(second.writes.setScore(traceId, { name: '' })).rejects.toMatchObject({
    name: 'UserError',
  });
  await second.writes.setStarred(traceId, true);
  expect(await first.query.summary(traceId)).toMatchObject({ starred: true });
  await expect(second.writes.importTraces({ json: '{"no":"spans"}' })).rejects.toMatchObject({
    name: 'UserError',
  });
  const endpoint = first.endpoint;
  await open.shift()?.close();
  await eventually('the second listens', async () => second.listening);
  expect(second.endpoint).toBe(endpoint);
  expect((await send(second.endpoint, requestOf(agentTrace()))).status).toBe(200);
  expect(await second.query.traces({ limit: 10 })).toHaveLength(2);
});

test('takes over from an owner that was killed, with all it acknowledged', async () => {
  const file = join(folder, '.glassbox', 'local', 'glassbox.db');
  const child = spawn(process.execPath, [cli, 'serve', '--port', '0'], { cwd: folder });
  children.push(child);
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  const second = await openCore({ file });
  expect(second.listening).toBeUndefined();
  expect((await send(line.toString().trim(), requestOf(agentTrace()))).status).toBe(200);
  child.kill('SIGKILL');
  await eventually('the second listens', async () => second.listening);
  expect(await second.query.traces({ limit: 10 })).toHaveLength(1);
  expect((await readWindows()).map(({ pid }) => pid)).toEqual([process.pid]);
});

test('two workspaces are two stores', async () => {
  const one = await openCore();
  const other = await openCore({ file: join(folder, 'other', 'g.db'), token: 'other' });
  await send(one.endpoint, requestOf(agentTrace()));
  expect(await one.query.traces({ limit: 10 })).toHaveLength(1);
  expect(await other.query.traces({ limit: 10 })).toHaveLength(0);
  expect((await readWindows()).map(({ db }) => db).sort()).toHaveLength(2);
});

test('a port that another program keeps is left to it', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address() as { port: number };
  try {
    await expect(openCore({ port, whenTaken: 'fail' })).rejects.toMatchObject({
      name: 'UserError',
      message: expect.stringContaining(`Port ${port} is taken`) as string,
    });
    const core = await openCore({ port, whenTaken: 'nextFree' });
    expect(core.listening?.port).not.toBe(port);
    expect((await send(core.endpoint, requestOf(agentTrace()))).status).toBe(200);
  } finally {
    other.close();
  }
});

test('standard ports are held beside the own one, handed on, and their spans sorted', async () => {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port: http } = probe.address() as { port: number };
  probe.close();
  const standardPorts = { http, grpc: 0 };
  const holder = await openCore({ standardPorts, workspace: 'holder' });
  const other = await openCore({
    standardPorts,
    workspace: 'other',
    file: join(folder, 'o', 'g.db'),
  });
  expect(await holder.heldPorts()).toContain(http);
  expect(await other.heldPorts()).not.toContain(http);
  const traceId = newTraceId();
  const body = requestOf([{ traceId, name: 'for the other' }]) as {
    resourceSpans: { resource: { attributes: object[] } }[];
  };
  body.resourceSpans[0]?.resource.attributes.push({
    key: 'glassbox.workspace',
    value: { stringValue: 'other' },
  });
  await eventually('the span reaches the other window', async () => {
    await send(`http://127.0.0.1:${http}`, body);
    return other.query.summary(traceId);
  });
  await open.shift()?.close();
  await eventually(
    'the port is handed on',
    async () => (await other.heldPorts()).includes(http) || undefined,
  );
});

test('only who knows the token may call', async () => {
  const core = await openCore();
  const call = (path: string) =>
    fetch(`http://127.0.0.1:${core.listening?.port}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ kind: 'call', id: 1, method: 'remove', args: [['x']] }),
    });
  expect((await call('/w/secret/call')).status).toBe(200);
  expect((await call('/w/wrong/call')).status).not.toBe(200);
  expect((await call('/call')).status).not.toBe(200);
});

test('an explicit store keeps to itself', async () => {
  await openCore({}, true);
  expect(await readWindows()).toEqual([]);
  await expect(openCore({}, true)).rejects.toMatchObject({ name: 'UserError' });
});

test('a thread that dies is replaced, at the same address, with all it acknowledged', async () => {
  const core = await openCore();
  const { endpoint } = core;
  await send(endpoint, requestOf(agentTrace()));
  const notices: string[] = [];
  core.onNotice((notice) => notices.push(notice));
  const listens = new Promise((done) => core.onListening(done));
  // A worker offers no way to be killed from outside; its own thread object does.
  const { worker } = (core as unknown as { ingest: { worker: { terminate(): Promise<number> } } })
    .ingest;
  await worker.terminate();
  await listens;
  expect(core.endpoint).toBe(endpoint);
  expect((await send(endpoint, requestOf(agentTrace()))).status).toBe(200);
  expect(await core.query.traces({ limit: 10 })).toHaveLength(2);
  expect(notices).toHaveLength(1);
});
