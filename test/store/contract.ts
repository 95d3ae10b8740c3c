import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { rollUp, settle, silenceLimit } from '../../src/model/rollup';
import type { TraceStore } from '../../src/store/traceStore';
import {
  batch,
  delivery,
  derivedBy,
  log,
  newYear,
  plain,
  running,
  second,
  spanIdOf,
  textOf,
  tidyAll,
  traceIdOf,
} from './build';
import { deliveriesInAnyOrder, everythingIn } from './properties';

/** A store to write to and the one to ask, which may be another connection to the same traces. */
export interface StorePair {
  readonly store: TraceStore;
  readonly reader: TraceStore;
  dispose(): Promise<void>;
}

/** Opens an empty store; `now` gives microseconds since 1970. */
export type OpenPair = (now: () => number) => Promise<StorePair>;

/** What every `TraceStore` must do. */
export function storeContract(name: string, open: OpenPair): void {
  let pair: StorePair;
  let store: TraceStore;
  let reader: TraceStore;
  let now = newYear;

  beforeEach(async () => {
    now = newYear;
    pair = await open(() => now);
    ({ store, reader } = pair);
  });
  afterEach(() => pair.dispose());

  const idsOf = async () => (await reader.traces({ limit: 100 })).map(({ traceId }) => traceId);
  const bodies = async (span: number) => {
    const [stored] = await reader.records(traceIdOf(0), [spanIdOf(span)]);
    const texts = stored?.deliveries.map((record) => textOf(record.span)) ?? [];
    return texts.map((text) => (JSON.parse(text) as { body: string }).body);
  };

  describe(`${name}: spans`, () => {
    test('rows come by start, whole, and only those of the trace', async () => {
      const full = delivery({
        ...{ span: 1, parent: 0, kind: 'generation', name: 'chat', startTime: newYear + 5 },
        ...{ status: 'error', level: 'error', statusMessage: 'boom', model: 'm-1', body: 'x' },
        ...{ requestedModel: 'm', provider: 'p', agentName: 'a', toolName: 't' },
        usage: { input: 10, output: 2, cacheRead: 3, reasoning: 1 },
        ...{ cost: { total: 0.25 }, timeToFirstTokenMs: 12.5, finishReasons: ['stop'] },
        ...{ responseId: 'r', sessionId: 's', userId: 'u', tags: ['b', 'a'], environment: 'e' },
        ...{ release: '1', serviceName: 'svc', prompt: { name: 'p', version: '2' } },
        ...{ traceName: 'the trace', run: { runId: 'run', caseRepeat: 1 }, ai: true },
      });
      const root = delivery({ span: 0, startTime: newYear + 7, ai: false, level: 'debug' });
      await store.add(batch([root, full, delivery({ trace: 1 })]));
      expect(await reader.rows(traceIdOf(0))).toEqual([full.summary, root.summary]);
    });

    test('rows are paged by start and id', async () => {
      const spans = Array.from({ length: 25 }, (_, span) =>
        delivery({ span, startTime: newYear + (span % 5) }),
      );
      await store.add(batch(spans));
      const all = await reader.rows(traceIdOf(0));
      const paged = [];
      for (let page = await reader.rows(traceIdOf(0), { limit: 4 }); page.length > 0;) {
        paged.push(...page);
        const last = page[page.length - 1];
        page = last ? await reader.rows(traceIdOf(0), { limit: 4, after: last }) : [];
      }
      expect(all).toHaveLength(25);
      expect(paged).toEqual(all);
    });

    test('adding twice is adding once', async () => {
      const spans = [delivery({ span: 0 }), running({ span: 1 })];
      const first = await store.add(batch(spans));
      const before = await everythingIn(reader);
      const again = await store.add(batch([...spans, ...spans], { receivedTime: newYear + 9 }));
      expect(first).toMatchObject({ added: 2, replaced: 0, duplicates: 0 });
      expect(first.newTraceIds).toEqual([traceIdOf(0)]);
      expect(again).toMatchObject({ added: 0, replaced: 0, duplicates: 4, traceIds: [] });
      expect(await everythingIn(reader)).toEqual(before);
    });

    test('within one batch too', async () => {
      const added = await store.add(batch([running(), delivery(), delivery(), running()]));
      expect(added).toMatchObject({ added: 1, replaced: 1, duplicates: 2 });
      expect(await bodies(0)).toEqual(['']);
    });

    test('finished replaces running, never the reverse', async () => {
      await store.add(batch([running({ body: 'start' })]));
      expect((await reader.trace(traceIdOf(0)))?.status).toBe('running');
      const finished = await store.add(batch([delivery({ body: 'end' })]));
      const late = await store.add(batch([running({ body: 'late start' })]));
      expect(finished).toMatchObject({ replaced: 1, traceIds: [traceIdOf(0)], newTraceIds: [] });
      expect(late).toMatchObject({ replaced: 0, duplicates: 1 });
      expect(await bodies(0)).toEqual(['end']);
      expect((await reader.rows(traceIdOf(0)))[0]).toEqual(delivery({ body: 'end' }).summary);
    });

    test('several finished deliveries are united, the later end wins', async () => {
      const late = { endTime: newYear + 9 * second, tags: ['late'], name: 'late' };
      await store.add(batch([delivery({ ...late, body: 'late' })]));
      await store.add(batch([delivery({ tags: ['early'], name: 'early', body: 'early' })]));
      expect(await bodies(0)).toEqual(['early', 'late']);
      const [row] = await reader.rows(traceIdOf(0));
      expect(row).toMatchObject({ name: 'late', tags: ['early', 'late'], endTime: late.endTime });
      expect((await reader.trace(traceIdOf(0)))?.name).toBe('late');
    });

    test('of many finished deliveries the eight strongest stay', async () => {
      for (const body of [...'fbadcejihgk']) await store.add(batch([delivery({ body })]));
      expect(await bodies(0)).toEqual([...'defghijk']);
      expect(await store.add(batch([delivery({ body: 'a' })]))).toMatchObject({ duplicates: 1 });
    });

    test('the same bytes under another resource are another delivery', async () => {
      const one = delivery();
      const other = { ...one, record: { ...one.record, resource: Uint8Array.of(255) } };
      await store.add(batch([one, other]));
      const [stored] = await reader.records(traceIdOf(0), [spanIdOf(0)]);
      expect(stored?.deliveries).toEqual([one.record, other.record]);
    });

    test('records are the bytes that came; unknown spans are left out', async () => {
      const spans = [0, 1, 2].map((span) => delivery({ span, service: `s${String(span)}` }));
      await store.add(batch(spans));
      const asked = [spanIdOf(2), spanIdOf(9), spanIdOf(0), spanIdOf(2)];
      const stored = await reader.records(traceIdOf(0), asked);
      const byId = new Map(stored.map(({ spanId, deliveries }) => [spanId, deliveries]));
      expect(stored).toHaveLength(2);
      expect(byId.get(spanIdOf(2))).toEqual([spans[2]?.record]);
      expect(byId.get(spanIdOf(0))).toEqual([spans[0]?.record]);
      expect(await reader.records(traceIdOf(1), asked)).toEqual([]);
    });

    test('text of any kind comes back', async () => {
      const name = 'a\0b \u{1f6f0} "quoted" \\ % _ * ö';
      const odd = delivery({ name, statusMessage: name, sessionId: name, tags: [name, ''] });
      await store.add(batch([odd]));
      expect(await reader.rows(traceIdOf(0))).toEqual([odd.summary]);
      expect((await reader.trace(traceIdOf(0)))?.sessionId).toBe(name);
    });

    test('an empty span and empty batches are no trouble', async () => {
      const empty = new Uint8Array();
      const { summary } = delivery();
      const nothing = await store.add(batch([]));
      await store.add(batch([{ summary, record: { span: empty, resource: empty, scope: empty } }]));
      expect(nothing).toMatchObject({ added: 0, traceIds: [] });
      const [stored] = await reader.records(traceIdOf(0), [spanIdOf(0)]);
      expect(stored?.deliveries[0].span).toHaveLength(0);
    });
  });

  describe(`${name}: traces`, () => {
    test('newest first, paged by key', async () => {
      const order = [3, 1, 4, 0, 2];
      const starts = (trace: number) => newYear + (trace === 4 ? 2 : trace) * second;
      for (const trace of order) {
        await store.add(batch([delivery({ trace, startTime: starts(trace) })]));
      }
      const expected = [3, 4, 2, 1, 0].map(traceIdOf);
      expect(await idsOf()).toEqual(expected);
      const first = await reader.traces({ limit: 2 });
      const rest = await reader.traces({ limit: 9, before: first[1] });
      expect([...first, ...rest].map(({ traceId }) => traceId)).toEqual(expected);
    });

    test('those without an AI observation can be left out', async () => {
      await store.add(batch([delivery({ trace: 0, ai: false }), delivery({ trace: 1 })]));
      await store.add(batch([delivery({ trace: 2, ai: false })]));
      await store.add(batch([delivery({ trace: 2, span: 1, ai: true })]));
      const ids = async (ai: boolean) =>
        (await reader.traces({ ai, limit: 9 })).map(({ traceId }) => traceId);
      expect(await ids(true)).toEqual([traceIdOf(2), traceIdOf(1)]);
      expect(await ids(false)).toEqual([traceIdOf(0)]);
      expect(await idsOf()).toHaveLength(3);
    });

    test('a summary is the roll-up of the rows', async () => {
      const git = { commit: 'c0ffee', dirty: true };
      const receivedTime = newYear + 3 * second;
      await store.add(
        batch([delivery({ span: 1, parent: 0, status: 'error', tags: ['t'] })], { git }),
      );
      const more = [
        delivery({ span: 0, kind: 'agent', agentName: 'triage', sessionId: 's' }),
        delivery({ span: 2, parent: 0, model: 'm', usage: { input: 1 }, cost: { total: 2 } }),
      ];
      await store.add(batch(more, { receivedTime, git: { commit: 'later', dirty: false } }));
      const rows = await reader.rows(traceIdOf(0));
      const facts = { starred: false, git, updatedTime: receivedTime, derivedBy };
      const expected = plain(rollUp(rows, facts));
      expect(plain(await reader.trace(traceIdOf(0)))).toEqual(expected);
      expect(plain(await reader.traces({ limit: 1 }))).toEqual([expected]);
    });

    test('parts may come in any order, from two services with two clocks, even in a ring', async () => {
      await store.add(batch([delivery({ span: 2, parent: 1 })]));
      const skewed = delivery({ span: 1, parent: 0, service: 'b', startTime: newYear - second });
      await store.add(batch([skewed], { receivedTime: newYear + 300 * second }));
      await store.add(batch([delivery({ span: 0, service: 'a', name: 'root' })]));
      await store.add(
        batch([
          delivery({ trace: 1, span: 0, parent: 1 }),
          delivery({ trace: 1, span: 1, parent: 0 }),
        ]),
      );
      const trace = await reader.trace(traceIdOf(0));
      expect(trace).toMatchObject({ name: 'root', observationCount: 3, serviceName: 'a' });
      expect(trace?.startTime).toBe(newYear - second);
      expect((await reader.trace(traceIdOf(1)))?.rootSpanId).toBe(spanIdOf(0));
    });

    test('silence for ten minutes settles what runs', async () => {
      await store.add(batch([running()]));
      now = newYear + silenceLimit - 1;
      expect((await reader.trace(traceIdOf(0)))?.status).toBe('running');
      now += 1;
      const [trace] = await reader.traces({ limit: 1 });
      expect(trace).toMatchObject({ status: 'interrupted', endTime: newYear });
      expect(await reader.trace(traceIdOf(0))).toEqual(trace);
    });

    test('ids are found by a prefix of four characters or more', async () => {
      await store.add(batch([1, 2, 0x10].map((trace) => delivery({ trace }))));
      expect(await reader.findTraceIds('abc')).toEqual([]);
      expect(await reader.findTraceIds('abc0000')).toEqual([1, 2].map(traceIdOf));
      expect(await reader.findTraceIds(traceIdOf(2))).toEqual([traceIdOf(2)]);
      expect(await reader.findTraceIds('abc%')).toEqual([]);
      expect(await reader.findTraceIds('ffff')).toEqual([]);
      await store.add(batch(Array.from({ length: 12 }, (_, trace) => delivery({ trace }))));
      expect(await reader.findTraceIds('abc0000')).toHaveLength(10);
    });

    test('what is not there is undefined or empty', async () => {
      expect(await reader.trace(traceIdOf(0))).toBeUndefined();
      expect(await reader.rows(traceIdOf(0))).toEqual([]);
      expect(await reader.logs(traceIdOf(0))).toEqual([]);
      await store.setStarred(traceIdOf(0), true);
      await store.remove([traceIdOf(0)]);
      expect(await idsOf()).toEqual([]);
    });
  });

  describe(`${name}: logs`, () => {
    test('each once, by time, kept before their spans come', async () => {
      const logs = [log({ time: newYear + 2, body: 'b' }), log({ time: newYear + 1, body: 'a' })];
      const early = await store.add(batch([], { logs }));
      expect(early).toMatchObject({ traceIds: [], newTraceIds: [] });
      expect(await idsOf()).toEqual([]);
      const added = await store.add(batch([delivery()], { logs: [...logs, log({ trace: 1 })] }));
      expect(added.newTraceIds).toEqual([traceIdOf(0)]);
      const stored = await reader.logs(traceIdOf(0));
      expect(stored).toEqual([logs[1]?.record, logs[0]?.record]);
    });

    test('a log that is there already changes nothing, another one does', async () => {
      await store.add(batch([delivery()], { logs: [log()] }));
      const again = await store.add(batch([], { logs: [log()], receivedTime: newYear + 5 }));
      const other = batch([], { logs: [log({ body: 'other' })], receivedTime: newYear + 6 });
      expect(again.traceIds).toEqual([]);
      expect((await store.add(other)).traceIds).toEqual([traceIdOf(0)]);
      expect((await reader.trace(traceIdOf(0)))?.updatedTime).toBe(newYear + 6);
    });
  });

  describe(`${name}: runs`, () => {
    const run = { runId: 'run' };

    test('what still runs when its run ends is interrupted, also when it comes later', async () => {
      await store.add(batch([running({ span: 0, run }), delivery({ span: 1, run })]));
      await store.add(batch([running({ trace: 1 }), delivery({ trace: 2, run })]));
      expect(await store.endRun('run')).toEqual([traceIdOf(0)]);
      expect(await store.endRun('run')).toEqual([]);
      await store.add(batch([running({ trace: 3, run })]));
      const traces = await reader.traces({ limit: 9 });
      expect(traces.map(({ status }) => status)).toEqual([
        ...['interrupted', 'ok', 'running', 'interrupted'],
      ]);
      const statuses = (await reader.rows(traceIdOf(0))).map(({ status }) => status);
      expect(statuses).toEqual(['interrupted', 'ok']);
    });

    test('a finished delivery still replaces what was interrupted', async () => {
      await store.add(batch([running({ run })]));
      await store.endRun('run');
      await store.add(batch([delivery({ run })]));
      expect((await reader.trace(traceIdOf(0)))?.status).toBe('ok');
    });
  });

  describe(`${name}: keeping and deleting`, () => {
    const body = (trace: number) => String(trace).repeat(2000);
    const fill = async (count: number) => {
      for (let trace = 0; trace < count; trace++) {
        await store.add(batch([delivery({ trace, body: body(trace) })]));
      }
    };

    test('stars stay on, whatever comes', async () => {
      await fill(2);
      await store.setStarred(traceIdOf(1), true);
      await store.add(batch([delivery({ trace: 1, span: 1 })]));
      const starred = (await reader.traces({ limit: 9 })).map((trace) => trace.starred);
      expect(starred).toEqual([true, false]);
      await store.setStarred(traceIdOf(1), false);
      expect((await reader.trace(traceIdOf(1)))?.starred).toBe(false);
    });

    test('what is removed is hidden, can be restored, and is gone once purged', async () => {
      await fill(3);
      const before = await everythingIn(reader);
      await store.remove([traceIdOf(0), traceIdOf(2)]);
      const late = await store.add(
        batch([delivery({ trace: 0 }), delivery({ trace: 0, body: body(0) })]),
      );
      expect(late).toMatchObject({ replaced: 1, duplicates: 1, traceIds: [], newTraceIds: [] });
      expect(await idsOf()).toEqual([traceIdOf(1)]);
      expect(await reader.trace(traceIdOf(0))).toBeUndefined();
      expect(await reader.rows(traceIdOf(0))).toEqual([]);
      expect(await reader.records(traceIdOf(0), [spanIdOf(0)])).toEqual([]);
      expect(await reader.findTraceIds(traceIdOf(0))).toEqual([]);
      await store.restore([traceIdOf(2)]);
      expect(await idsOf()).toEqual([traceIdOf(2), traceIdOf(1)]);
      await store.purge();
      await store.restore([traceIdOf(0)]);
      expect(await everythingIn(reader)).toEqual(before.filter((one) => one.id !== traceIdOf(0)));
      const again = await store.add(batch([delivery({ trace: 0, body: body(0) })]));
      expect(again).toMatchObject({ added: 1, newTraceIds: [traceIdOf(0)] });
      expect(await everythingIn(reader)).toEqual(before);
    });

    test('shrinking deletes the oldest and keeps the starred', async () => {
      await fill(12);
      await store.setStarred(traceIdOf(1), true);
      await store.remove([traceIdOf(11)]);
      const deleted = await store.shrinkTo(0);
      expect([...deleted].sort()).toEqual([0, 2, 3, 4, 5, 6, 7, 8, 9, 10].map(traceIdOf));
      expect(await idsOf()).toEqual([traceIdOf(1)]);
      await store.restore([traceIdOf(11)]);
      expect(await idsOf()).toEqual([traceIdOf(1)]);
      expect(await store.shrinkTo(Infinity)).toEqual([]);
    });

    test('tidying changes nothing one can see', async () => {
      for (let round = 0; round < 4; round++) {
        const spans = [0, 1, 2].map((span) => running({ trace: span, span: round }));
        await store.add(batch(spans, { logs: [log({ trace: 1, body: String(round) })] }));
        await store.add(batch([delivery({ trace: 1, span: round, body: body(round) })]));
      }
      await store.add(batch([delivery({ trace: 1, span: 0, body: 'another' })]));
      const before = await everythingIn(reader);
      now += silenceLimit / 2;
      await tidyAll(store);
      expect(await everythingIn(reader)).toEqual(before);
      expect(await store.size()).toBeGreaterThan(0);
    });
  });

  describe(`${name}: any order`, () => {
    test('any batches, shuffled, split and repeated, give the same traces', async () => {
      await fc.assert(
        fc.asyncProperty(deliveriesInAnyOrder, async ({ inOrder, shuffled, tidyAfter }) => {
          const one = await open(() => now);
          const other = await open(() => now);
          try {
            await one.store.add(inOrder);
            for (const [i, part] of shuffled.entries()) {
              await other.store.add(part);
              if (i === tidyAfter) await tidyAll(other.store);
            }
            expect(await everythingIn(other.reader)).toEqual(await everythingIn(one.reader));
          } finally {
            await one.dispose();
            await other.dispose();
          }
        }),
        { numRuns: name === 'memory' ? 200 : 25 },
      );
    });
  });

  test(`${name}: settled summaries are those of the model`, async () => {
    await store.add(batch([running()]));
    now = newYear + 2 * silenceLimit;
    const rows = await reader.rows(traceIdOf(0));
    const facts = { starred: false, updatedTime: newYear, derivedBy };
    expect(plain(await reader.trace(traceIdOf(0)))).toEqual(
      plain(settle(rollUp(rows, facts), now)),
    );
  });
}
