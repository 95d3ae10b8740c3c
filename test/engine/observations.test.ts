import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { control, summarise } from '../../src/dialects/observe';
import { ObservationReader } from '../../src/engine/observations';
import { readSummary } from '../../src/engine/read';
import type { Observation } from '../../src/model/observation';
import type { TraceSummary } from '../../src/model/trace';
import { decodeLogs, decodeTraces, type DecodedLog, type DecodedSpan } from '../../src/otlp/decode';
import { logsFromJson, tracesFromJson } from '../../src/otlp/json';
import { createMemoryStore } from '../../src/store/memory';
import type { TraceStore } from '../../src/store/traceStore';

const stores: TraceStore[] = [];
afterEach(async () => {
  for (const store of stores.splice(0)) await store.close();
});

async function traceOf(spans: readonly DecodedSpan[], logs: readonly DecodedLog[] = []) {
  const store = createMemoryStore({ reread: readSummary, derivedBy: { dialects: 1, prices: '' } });
  stores.push(store);
  await store.add({
    spans: spans.flatMap(({ span, record }) => {
      const controlled = control(span);
      return controlled ? { summary: summarise(controlled), record } : [];
    }),
    logs: logs.map(({ log: { traceId, spanId, time }, record }) => ({
      traceId,
      spanId,
      time,
      record,
    })),
    receivedTime: Date.now() * 1000,
  });
  const [trace] = await store.traces({ limit: 1 });
  if (!trace) throw new Error('no trace');
  return { trace, reader: new ObservationReader(store) };
}

function fixture(name: string): readonly DecodedSpan[] {
  const file = join(import.meta.dirname, '../dialects/fixtures', `${name}.otlp`);
  const read = decodeTraces(readFileSync(file));
  if ('malformed' in read) throw new Error(read.malformed);
  return read.items;
}

async function allOf(reader: ObservationReader, trace: TraceSummary, limit: number) {
  const all: Observation[] = [];
  for (let after; ;) {
    const page = await reader.page(trace, { limit, after });
    all.push(...page.observations);
    if (!page.next) return all;
    after = page.next;
  }
}

test('the first rows alone are those that began first', async () => {
  const { trace, reader } = await traceOf(fixture('vercel/genai'));
  const all = await reader.rows(trace);
  expect(await reader.rows(trace, 1)).toEqual(all.slice(0, 1));
  expect(all.length).toBeGreaterThan(1);
});

describe.each(['latest', 'version-1'])('streamed answers of Logfire (%s)', (version) => {
  const spans = fixture(`logfire-openai/${version}`);

  test('are one generation with its tokens, in rows, totals and pages of any size', async () => {
    const { trace, reader } = await traceOf(spans);
    const rows = await reader.rows(trace);
    const all = await allOf(reader, trace, 200);
    expect(all.map(({ spanId }) => spanId)).toEqual(rows.map(({ spanId }) => spanId));
    for (const limit of [1, 3, 7]) expect(await allOf(reader, trace, limit)).toEqual(all);
    expect(trace.counts.generation).toBe(5);
    expect(trace.observationCount).toBe(all.length);
    const generations = all.filter(({ kind }) => kind === 'generation');
    expect(generations.every(({ usage, output }) => usage && output !== undefined)).toBe(true);
    const tokens = generations.reduce((sum, { usage }) => sum + (usage?.input ?? 0), 0);
    const embedded = all.find(({ kind }) => kind === 'embedding')?.usage?.input ?? 0;
    expect(trace.usage?.input).toBe(tokens + embedded);
    const whole = all.map(({ dialect: _, attributes: _a, ...one }) => one);
    for (const row of rows) {
      const { ai: _ai, traceName: _name, join: _join, ...scalars } = row;
      expect(whole.find(({ spanId }) => spanId === row.spanId)).toMatchObject(
        JSON.parse(JSON.stringify(scalars)) as object,
      );
    }
  });

  test('are found by either span', async () => {
    const { trace, reader } = await traceOf(spans);
    const answer = spans.find(({ span }) => span.name.startsWith('streaming response'))?.span;
    const [found] = await reader.observations(trace, [answer?.spanId ?? '']);
    expect(found?.spanId).not.toBe(answer?.spanId);
    expect(found).toMatchObject({
      name: "Chat Completion with 'gpt-5-mini'",
      responseId: expect.stringMatching(/./) as string,
    });
    expect(found?.output).toBe('You said: Say hello');
    expect(found?.inputMessages).toHaveLength(1);
  });

  test('go on until they are there', async () => {
    const root = spans.find(({ span }) => span.parentSpanId === undefined);
    if (!root) throw new Error('no root');
    const asked = spans.filter(({ span }) => !span.name.startsWith('streaming response'));
    const { trace, reader } = await traceOf(asked);
    expect((await reader.rows(trace)).filter(({ status }) => status === 'running')).toEqual([]);
    const body = tracesFromJson(JSON.stringify(startOf(root)));
    if ('malformed' in body) throw new Error(body.malformed);
    const started = decodeTraces(body.body);
    if ('malformed' in started) throw new Error(started.malformed);
    const live = await traceOf([...started.items, ...asked.filter((one) => one !== root)]);
    const running = (await live.reader.rows(live.trace)).filter(
      ({ status }) => status === 'running',
    );
    expect(running.map(({ kind }) => kind)).toEqual(['span', 'generation', 'generation']);
  });
});

function startOf({ span }: DecodedSpan) {
  const { traceId, spanId, name, startTime } = span;
  return request([{ traceId, spanId, name, startTimeUnixNano: `${String(startTime)}000` }]);
}

test.each([
  ['model-error', 'error'],
  ['guardrail', 'error'],
  ['handoff', 'ok'],
  ['streamed', 'ok'],
])('a run of the Agents SDK through Logfire: %s ends as %s', async (name, status) => {
  const { trace, reader } = await traceOf(fixture(`logfire-agents/${name}`));
  expect(trace.status).toBe(status);
  const [root] = await reader.observations(trace, [trace.rootSpanId]);
  expect(root?.status).toBe(status);
});

const traceId = '0af7651916cd43dd8448eb211c80319c';
const ids = { root: 'aaaaaaaaaaaaaaaa', call: 'bbbbbbbbbbbbbbbb', carrier: 'cccccccccccccccc' };
const times = { startTimeUnixNano: '1000000000', endTimeUnixNano: '2000000000' };

function request(spans: readonly object[], scope = 'x') {
  return { resourceSpans: [{ scopeSpans: [{ scope: { name: scope }, spans }] }] };
}

const attribute = (key: string, value: string | number) => ({
  key,
  value: typeof value === 'number' ? { doubleValue: value } : { stringValue: value },
});

function decoded(spans: readonly object[]): readonly DecodedSpan[] {
  const body = tracesFromJson(JSON.stringify(request(spans)));
  if ('malformed' in body) throw new Error(body.malformed);
  const read = decodeTraces(body.body);
  if ('malformed' in read) throw new Error(read.malformed);
  return read.items;
}

function decodedLogs(logRecords: readonly object[]): readonly DecodedLog[] {
  const body = logsFromJson(
    JSON.stringify({ resourceLogs: [{ scopeLogs: [{ scope: { name: 'x' }, logRecords }] }] }),
  );
  if ('malformed' in body) throw new Error(body.malformed);
  const read = decodeLogs(body.body);
  if ('malformed' in read) throw new Error(read.malformed);
  return read.items;
}

describe('scores', () => {
  const spans = [
    { traceId, spanId: ids.root, name: 'run', ...times },
    {
      ...{ traceId, spanId: ids.call, parentSpanId: ids.root, name: 'chat m', ...times },
      attributes: [attribute('gen_ai.request.model', 'm'), attribute('gen_ai.response.id', 'r-1')],
    },
  ];
  const result = (more: object) => ({
    ...{ timeUnixNano: '3000000000', eventName: 'gen_ai.evaluation.result', traceId, ...more },
    attributes: [
      attribute('gen_ai.evaluation.name', 'helpful'),
      attribute('gen_ai.evaluation.score.value', 0.25),
      attribute('gen_ai.response.id', 'r-1'),
    ],
  });
  const helpful = { name: 'helpful', value: 0.25, source: 'otlp' };

  test.each<[string, object]>([
    ['by its span', { spanId: ids.call }],
    ['by its response alone', {}],
    ['by its response and a span id of zeros', { spanId: '0'.repeat(16) }],
  ])('of a record find their observation %s', async (_, where) => {
    const { trace, reader } = await traceOf(decoded(spans), decodedLogs([result(where)]));
    const all = await allOf(reader, trace, 10);
    expect(all.map(({ scores }) => scores)).toEqual([undefined, [helpful]]);
  });

  test('of a response nobody knows stay away from everything', async () => {
    const lost = decodedLogs([
      { ...result({}), attributes: [attribute('gen_ai.response.id', '?')] },
    ]);
    const { trace, reader } = await traceOf(decoded(spans), lost);
    expect((await allOf(reader, trace, 10)).flatMap(({ scores }) => scores ?? [])).toEqual([]);
  });

  const carrier = (prefix: string, links: readonly object[]) => ({
    ...{ traceId, spanId: ids.carrier, name: 'annotation', ...times, links },
    attributes: [
      attribute('openinference.span.kind', 'EVALUATOR'),
      attribute(`${prefix}annotations.0.annotation.name`, 'correct'),
      attribute(`${prefix}annotations.0.annotation.score`, 1),
      attribute(`${prefix}annotations.0.annotation.annotator_kind`, 'LLM'),
    ],
  });
  const correct = [{ name: 'correct', value: 1, source: 'judge' }];

  test('of a carrier belong to what it links to', async () => {
    const linked = carrier('', [{ traceId, spanId: ids.call }]);
    const { trace, reader } = await traceOf(decoded([...spans, linked]));
    const all = await allOf(reader, trace, 10);
    expect(Object.fromEntries(all.map(({ spanId, scores }) => [spanId, scores]))).toEqual({
      [ids.root]: undefined,
      [ids.call]: correct,
      [ids.carrier]: undefined,
    });
  });

  test('of the trace belong to the trace', async () => {
    const { trace, reader } = await traceOf(decoded([...spans, carrier('trace.', [])]));
    expect((await reader.content(trace)).scores).toEqual(correct);
  });

  test('that link to nothing here stay where they are', async () => {
    const { trace, reader } = await traceOf(decoded([...spans, carrier('', [])]));
    const [found] = await reader.observations(trace, [ids.carrier]);
    expect(found?.scores).toEqual(correct);
  });
});
