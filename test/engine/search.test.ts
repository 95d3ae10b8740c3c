import fc from 'fast-check';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createSecretMask } from '../../src/base/secrets';
import { decodeImport } from '../../src/engine/importBody';
import { searchFileOf } from '../../src/store/sqlite/searchSchema';
import { agentTrace, requestOf, type SpanSketch } from '../cli/otlp';
import { filterOf, Searched } from './searched';

let searched: Searched;

beforeEach(async () => {
  searched = await Searched.open();
});
afterEach(() => searched.close());

const traceId = (trace: number) => (trace + 1).toString(16).padStart(32, '0');
const message = (role: string, content: string) => ({ role, parts: [{ type: 'text', content }] });

function chat(trace: number, texts: readonly string[], more: Partial<SpanSketch> = {}): SpanSketch {
  const input = texts.map((text) => message('user', text));
  return {
    ...{ traceId: traceId(trace), name: 'chat', start: trace * 1000 },
    ...more,
    attributes: {
      'gen_ai.operation.name': 'chat',
      'gen_ai.request.model': 'gpt-5-mini',
      'gen_ai.input.messages': JSON.stringify(input),
      ...more.attributes,
    },
  };
}

describe('the index', () => {
  test('finds words, phrases, names, attributes and metadata', async () => {
    await searched.add(
      requestOf([chat(0, ['Where is order A-1043?', 'It is late'])]),
      requestOf([chat(1, ['order the late show'], { attributes: { 'http.route': '/Pay' } })]),
      requestOf(agentTrace(traceId(2)), 'Billing'),
    );
    searched.index();
    expect(await searched.query.searchLag()).toEqual({ indexed: true, traces: 0 });
    const cases: readonly (readonly [string, readonly number[]])[] = [
      ['order', [1, 0]],
      ['late', [1, 0]],
      ['"is late"', [0]],
      ['"order a"', [0]],
      ['late -show', [0]],
      ['order or brest', [2, 1, 0]],
      ['bres*', [2]],
      ['tide', [2]],
      ['"such port"', [2]],
      ['attr.http.route=/Pay', [1]],
      ['attr.http.route=/pay', []],
      ['attr.http.route:/pay', [1]],
      ['attr.http.route:/p*', [1]],
      ['-attr.http.route:/pay order', [0]],
      ['attr.gen_ai.usage.input_tokens>999', [2]],
      ['attr.resource.service.name:billing', [2]],
      ['kind:tool attr.gen_ai.tool.name=tide', [2]],
      ['kind:agent attr.gen_ai.tool.name=tide', []],
      ['span(kind:generation "tide at brest")', [2]],
      ['span(kind:tool "tide at brest")', []],
      ['nowhere', []],
    ];
    for (const [filter, traces] of cases) {
      const found = [...(await searched.ids(filter))].sort();
      expect([filter, found]).toEqual([filter, traces.map(traceId).sort()]);
    }
  });

  test('says nothing else than what is read without it, however far behind it is', async () => {
    const words = fc.constantFrom('red', 'green', 'Blue', 'red green', 'green red', 'x-1');
    const spans = fc.array(
      fc.record({
        trace: fc.nat(4),
        texts: fc.array(words, { maxLength: 3 }),
        kind: fc.constantFrom('chat', 'execute_tool'),
        key: fc.constantFrom('red', 'RED', 'green'),
      }),
      { minLength: 1, maxLength: 12 },
    );
    const term = fc.constantFrom(
      ...[
        'red',
        'blue',
        '"red green"',
        'gre*',
        'attr.k=red',
        'attr.k:red',
        'attr.k:r*',
        'kind:tool',
      ],
      ...['status:ok', 'nothing', 'attr.n>2', 'span(kind:tool red)', 'span(attr.k=red blue)'],
    );
    const filters = fc.array(
      fc.tuple(term, fc.constantFrom(' ', ' -', ' or '), term).map((parts) => parts.join('')),
      { minLength: 20, maxLength: 20 },
    );
    await fc.assert(
      fc.asyncProperty(spans, filters, fc.nat(12), async (made, asked, indexedUpTo) => {
        const one = await Searched.open();
        try {
          const requests = made.map(({ trace, texts, kind, key }, n) =>
            requestOf([
              chat(trace, texts, {
                ...{ name: kind, start: trace * 1000 + n },
                attributes: { 'gen_ai.operation.name': kind, k: key, n },
              }),
            ]),
          );
          await one.add(...requests);
          const read = [];
          for (const filter of asked) read.push([filter, await one.ids(filter)]);
          await one.store.remove(made.map(({ trace }) => traceId(trace)));
          await one.store.purge();
          await one.add(...requests.slice(0, indexedUpTo));
          one.index();
          await one.add(...requests.slice(indexedUpTo));
          const found = [];
          for (const filter of asked) found.push([filter, await one.ids(filter)]);
          expect(found).toEqual(read);
        } finally {
          await one.close();
        }
      }),
      { numRuns: 25 },
    );
  });

  test('many results come newest first, by pages, whether a word is rare or common', async () => {
    for (let trace = 0; trace < 400; trace += 50) {
      const traces = Array.from({ length: 50 }, (_, i) => trace + i);
      await searched.add(
        requestOf(
          traces.map((n) => chat(n, ['common', `own ${n}`, n % 7 === 0 ? 'seventh' : 'other'])),
        ),
      );
    }
    searched.index();
    const sevenths = Array.from({ length: 400 }, (_, i) => 399 - i).filter((n) => n % 7 === 0);
    expect(await searched.ids('common seventh')).toEqual(sevenths.map(traceId));
    expect(await searched.ids('common -other', 5)).toEqual(sevenths.slice(0, 5).map(traceId));
    expect(await searched.ids('"own 123"')).toEqual([traceId(123)]);
    const filter = filterOf('common');
    const paged: string[] = [];
    let before;
    do {
      const part = await searched.query.tracesPart({ filter, limit: 30, before });
      paged.push(...part.traces.map((trace) => trace.traceId));
      before = part.next;
    } while (before);
    expect(paged).toEqual(Array.from({ length: 400 }, (_, i) => traceId(399 - i)));
  });

  test('is not asked twice for what was only packed anew', async () => {
    await searched.add(requestOf([chat(0, ['one'])]), requestOf([chat(0, ['one', 'two'])]));
    searched.index();
    searched.clock.ahead = 60_000_000;
    while (await searched.store.tidy());
    expect(await searched.query.searchLag()).toEqual({ indexed: true, traces: 0 });
    searched.index();
    expect(await searched.ids('"two"')).toEqual([traceId(0)]);
  });

  test('forgets what was deleted, words and all', async () => {
    const secret = 'xylophonist';
    await searched.add(requestOf([chat(0, ['kept'])]), requestOf([chat(1, [secret])]));
    searched.index();
    await searched.store.remove([traceId(1)]);
    expect(await searched.ids(secret)).toEqual([]);
    await searched.store.restore([traceId(1)]);
    expect(await searched.ids(secret)).toEqual([traceId(1)]);
    await searched.store.remove([traceId(1)]);
    await searched.store.purge();
    await searched.add(requestOf([chat(2, ['new'])]));
    searched.index();
    expect(await searched.ids(secret)).toEqual([]);
    expect(await searched.ids('new or kept')).toEqual([traceId(2), traceId(0)]);
  });

  test('is built again where it is damaged, deleted or of another store', async () => {
    await searched.add(requestOf([chat(0, ['kept'])]));
    const file = searchFileOf(searched.file);
    const ruins: readonly (() => void)[] = [
      () => rmSync(file),
      () => writeFileSync(file, 'no database '.repeat(1000)),
      () => writeFileSync(file, readFileSync(file).subarray(0, 9000)),
    ];
    for (const ruin of ruins) {
      searched.index();
      expect((await searched.query.searchLag()).indexed).toBe(true);
      for (const suffix of ['-wal', '-shm']) rmSync(file + suffix, { force: true });
      ruin();
      expect(await searched.ids('kept')).toEqual([traceId(0)]);
    }
    searched.index();
    expect(await searched.query.searchLag()).toEqual({ indexed: true, traces: 0 });
  });

  test('holds what came as log records, also after the span', async () => {
    await searched.add(requestOf([{ traceId: traceId(0), spanId: '00000000000000aa', name: 'x' }]));
    searched.index();
    await searched.add({
      resourceSpans: [],
      resourceLogs: [
        {
          resource: {},
          scopeLogs: [
            {
              logRecords: [
                {
                  ...{ traceId: traceId(0), spanId: '00000000000000aa', timeUnixNano: '1' },
                  body: { stringValue: 'a belated remark' },
                },
              ],
            },
          ],
        },
      ],
    });
    expect(await searched.ids('belated')).toEqual([traceId(0)]);
    searched.index();
    expect(await searched.ids('"belated remark"')).toEqual([traceId(0)]);
  });
});

describe('scores', () => {
  const scored = (name: string, value: number) => ({
    'gen_ai.evaluation.name': name,
    'gen_ai.evaluation.score.value': value,
  });

  test('are found by name and value, given by hand or sent, indexed or not', async () => {
    await searched.add(
      requestOf([chat(0, ['a'], { attributes: scored('helpful', 0) })]),
      requestOf([chat(1, ['b']), chat(1, ['c'])]),
      requestOf([chat(2, ['d'])]),
      requestOf([chat(3, ['d'])]),
    );
    const [row] = await searched.store.rows(traceId(1));
    const label = { name: 'tone', label: 'Rude', spanId: row?.spanId };
    await searched.store.setScore(traceId(1), label);
    await searched.store.setScore(traceId(2), { name: 'helpful', value: 0.75, comment: 'well' });
    const cases: readonly (readonly [string, readonly number[]])[] = [
      ['score.helpful<0.5', [0]],
      ['score.helpful>=0.5', [2]],
      ['score>=0', [2, 0]],
      ['score.tone:rude', [1]],
      ['score.tone=rude', []],
      ['-score.helpful:0.75 d', [3]],
      ['score.helpful<0.5 or score.tone:r*', [1, 0]],
      ['span(kind:generation score.tone=Rude)', [1]],
      ['span(kind:tool score.tone=Rude)', []],
      ['score.helpful>=0.5 d', [2]],
    ];
    for (const state of ['read', 'indexed']) {
      for (const [filter, traces] of cases) {
        const found = await searched.ids(filter);
        expect([state, filter, found]).toEqual([state, filter, traces.map(traceId)]);
      }
      searched.index();
    }
  });

  test('stand with what was sent, and go through an export and an import', async () => {
    await searched.add(requestOf([chat(0, ['a'], { attributes: scored('helpful', 1) })]));
    const [{ spanId } = { spanId: '' }] = await searched.store.rows(traceId(0));
    await searched.store.setScore(traceId(0), { name: 'note', comment: 'of all' });
    await searched.store.setScore(traceId(0), { name: 'thumbs', value: 1, spanId });
    await searched.store.setScore(traceId(0), { name: 'tone', label: 'kind', spanId });
    const observed = [
      { name: 'helpful', value: 1, source: 'otlp' },
      { name: 'thumbs', value: 1, source: 'human' },
      { name: 'tone', label: 'kind', source: 'human' },
    ];
    const ofTrace = { name: 'note', comment: 'of all', source: 'human' };
    const { query } = searched;
    expect((await query.observation(traceId(0), spanId))?.scores).toEqual(observed);
    expect((await query.trace(traceId(0)))?.scores).toEqual([...observed, ofTrace]);
    const page = await query.exportPage(traceId(0));
    const json = `{"resourceSpans":[${page.resourceSpans}],"resourceLogs":[${page.resourceLogs}]}`;
    const { scores, logs } = decodeImport({ json }, createSecretMask([]));
    expect(logs).toEqual([]);
    expect(scores).toEqual([
      { traceId: traceId(0), score: { name: 'note', comment: 'of all' } },
      { traceId: traceId(0), score: { name: 'thumbs', value: 1, spanId } },
      { traceId: traceId(0), score: { name: 'tone', label: 'kind', spanId } },
    ]);
  });
});

describe('a snippet', () => {
  test('shows the place on one line, with or without an index', async () => {
    const long = `${'before '.repeat(50)}\n the   Needle\n${'after '.repeat(50)}`;
    await searched.add(requestOf([chat(0, ['nothing', long])]));
    const snippet = () => searched.query.snippet(traceId(0), filterOf('kind:generation needle'));
    const read = await snippet();
    searched.index();
    expect(await snippet()).toEqual(read);
    expect(read).toMatchObject({ match: 'Needle' });
    expect(read?.before).toMatch(/^…[a-z ]*before the $/);
    expect(read?.after).toMatch(/^ after[a-z ]*…$/);
    expect(await searched.query.snippet(traceId(0), filterOf('absent'))).toBeUndefined();
  });
});
