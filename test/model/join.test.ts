import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { joinRows, joinTrace } from '../../src/model/join';
import type { Join, ObservationSummary } from '../../src/model/observation';
import { rollUp } from '../../src/model/rollup';

type Draft = Partial<ObservationSummary> & { readonly spanId: string };

function row({ spanId, ...draft }: Draft): ObservationSummary {
  const startTime = draft.startTime ?? 100;
  return {
    ...{ traceId: 't', spanId, kind: 'generation', name: spanId, startTime },
    ...{ endTime: startTime + 10, status: 'ok', level: 'info', ai: true },
    ...draft,
  };
}

const request = (call = 'c'): Join => ({ part: 'request', call });
const answer = (since: number, call = 'c'): Join => ({ part: 'answer', call, since });
const wrapper: Join = { part: 'wrapper' };
const facts = { starred: false, updatedTime: 0, derivedBy: { dialects: 1, prices: '' } };

const byId = (rows: readonly ObservationSummary[]) =>
  Object.fromEntries(rows.map((one) => [one.spanId, one]));

describe('a streamed answer', () => {
  const asked = row({ spanId: 'q', parentSpanId: 'p', join: request(), requestedModel: 'm' });
  const told = row({
    ...{ spanId: 'a', parentSpanId: 'p', startTime: 400, endTime: 400, join: answer(110) },
    ...{ usage: { input: 3, output: 4 }, cost: { total: 1 }, model: 'm-1', responseId: 'r' },
  });

  test('becomes part of its request', () => {
    expect(joinRows([told, asked])).toEqual([
      {
        ...{ ...asked, endTime: 400, model: 'm-1', responseId: 'r' },
        ...{ usage: { input: 3, output: 4 }, cost: { total: 1 } },
      },
    ]);
  });

  test('that failed makes the call a failure', () => {
    const failed = { ...told, status: 'error', level: 'error', statusMessage: 'cut off' } as const;
    expect(joinRows([asked, failed])).toMatchObject([
      { status: 'error', statusMessage: 'cut off' },
    ]);
  });

  test('takes what stands below it along', () => {
    const below = row({ spanId: 'b', kind: 'span', parentSpanId: 'a' });
    expect(byId(joinRows([asked, told, below])).b?.parentSpanId).toBe('q');
  });

  test.each<[string, Partial<ObservationSummary>]>([
    ['of another question', { join: answer(110, 'other') }],
    ['somewhere else', { parentSpanId: 'elsewhere' }],
    ['from before', { startTime: 50 }],
  ])('%s stands alone', (_, change) => {
    expect(joinRows([asked, { ...told, ...change }])).toHaveLength(2);
  });

  test('goes to the request that had just ended, of several that ask the same', () => {
    const later = row({ ...asked, spanId: 'q2', startTime: 120, endTime: 130 });
    const second = row({ ...told, spanId: 'a2', startTime: 300, join: answer(131) });
    const { parts } = joinTrace([asked, later, second, told]);
    expect(Object.fromEntries(parts)).toEqual({ q2: ['a2'], q: ['a'] });
  });

  test.each<[string, ObservationSummary['status'] | undefined, string]>([
    ['under what still runs, the call runs', 'running', 'running'],
    ['under what was interrupted, it was too', 'interrupted', 'interrupted'],
    ['under what has ended, it has ended', 'ok', 'ok'],
    ['under what nobody has seen, it is as it came', undefined, 'ok'],
  ])('that has not come: %s', (_, status, expected) => {
    const parent = status && row({ spanId: 'p', kind: 'span', status });
    const found = byId(joinRows([asked, ...(parent ? [parent] : [])])).q;
    expect(found?.status).toBe(expected);
    expect(found?.endTime).toBe(expected === 'ok' ? 110 : undefined);
  });
});

describe('layers of one call', () => {
  const outer = row({ spanId: 'o', parentSpanId: 'p', requestedModel: 'm', responseId: 'r' });
  const inner = row({
    ...{ spanId: 'i', parentSpanId: 'o', startTime: 103, endTime: 108, requestedModel: 'm' },
    ...{ usage: { input: 3 }, cost: { total: 1 }, timeToFirstTokenMs: 2, responseId: 'r' },
  });

  test('are the outermost, with what the inner ones know', () => {
    expect(joinRows([inner, outer])).toEqual([
      { ...outer, usage: { input: 3 }, cost: { total: 1 }, timeToFirstTokenMs: 2.003 },
    ]);
    expect(Object.fromEntries(joinTrace([inner, outer]).parts)).toEqual({ o: ['i'] });
  });

  test('may be many, and take what is below along', () => {
    const innermost = row({ spanId: 'k', parentSpanId: 'i', usage: { input: 9, output: 1 } });
    const http = row({ spanId: 'h', parentSpanId: 'k', kind: 'span' });
    const rows = byId(joinRows([http, innermost, outer, inner]));
    expect(Object.keys(rows).sort()).toEqual(['h', 'o']);
    expect(rows.o).toMatchObject({ usage: { input: 9, output: 1 } });
    expect(rows.h?.parentSpanId).toBe('o');
  });

  test('do not end before the outermost does', () => {
    const running = row({ spanId: 'o', status: 'running', endTime: undefined });
    const found = byId(joinRows([running, { ...inner, responseId: undefined }])).o;
    expect([found?.status, found?.endTime, found?.parentSpanId]).toEqual([
      ...['running', undefined, undefined],
    ]);
  });

  test.each<[string, readonly ObservationSummary[]]>([
    ['another answer', [{ ...inner, responseId: 'r2' }]],
    ['another model', [{ ...inner, responseId: undefined, requestedModel: 'other' }]],
    ['another kind of call', [{ ...inner, kind: 'embedding' }]],
    ['several attempts', [inner, { ...inner, spanId: 'j' }]],
    [
      'a tool between',
      [{ ...inner, parentSpanId: 't' }, row({ spanId: 't', kind: 'tool', parentSpanId: 'o' })],
    ],
  ])('are not: %s', (_, below) => {
    expect(joinRows([outer, ...below])).toHaveLength(below.length + 1);
  });

  test('one model goes by its name with and without its provider', () => {
    const named = { ...inner, responseId: undefined, requestedModel: 'openai/m' };
    expect(joinRows([outer, named])).toHaveLength(1);
  });

  describe('beside each other', () => {
    const beside = row({ spanId: 'o', parentSpanId: 'p', requestedModel: 'm' });
    const hook = { ...inner, parentSpanId: 'p', join: { part: 'seen' as const } };

    test('are one where our hook saw what another did', () => {
      expect(joinRows([hook, beside])).toMatchObject([{ spanId: 'o', usage: { input: 3 } }]);
    });

    test.each<[string, readonly ObservationSummary[]]>([
      ['two calls of our hook', [{ ...beside, join: hook.join }, hook]],
      ['two calls of others', [beside, { ...hook, join: undefined }]],
      ['one after the other', [beside, { ...hook, startTime: 200 }]],
      [
        'one before the other',
        [
          { ...beside, startTime: 2000, endTime: 2100 },
          { ...hook, startTime: 900 },
        ],
      ],
      ['of other tokens', [{ ...beside, usage: { input: 4 } }, hook]],
      ['elsewhere', [beside, { ...hook, parentSpanId: 'x' }]],
    ])('are not: %s', (_, rows) => {
      expect(joinRows(rows)).toHaveLength(2);
    });

    test('are one although clocks go in steps', () => {
      expect(
        joinRows([
          { ...beside, startTime: 1000, endTime: 1100 },
          { ...hook, startTime: 400 },
        ]),
      ).toHaveLength(1);
    });

    test('are what our hook knows them to be', () => {
      const embedded = { ...hook, kind: 'embedding' as const };
      expect(joinRows([beside, embedded])).toMatchObject([{ spanId: 'o', kind: 'embedding' }]);
    });

    test('pair off one by one', () => {
      const second = { ...beside, spanId: 'o2', startTime: 101 };
      const later = { ...hook, spanId: 'i2', startTime: 104 };
      expect(Object.fromEntries(joinTrace([beside, second, hook, later]).parts)).toEqual({
        o2: ['i'],
        o: ['i2'],
      });
    });
  });

  test('in a loop are left alone', () => {
    const loop = [row({ spanId: 'a', parentSpanId: 'b' }), row({ spanId: 'b', parentSpanId: 'a' })];
    expect(joinRows(loop)).toHaveLength(2);
  });
});

describe('a wrapper', () => {
  const failed = { status: 'error', level: 'error', statusMessage: 'no' } as const;
  const root = row({ spanId: 'r', kind: 'chain', join: wrapper });
  const task = row({ spanId: 't', parentSpanId: 'r', kind: 'chain', join: wrapper });
  const first = row({ spanId: 'x', parentSpanId: 't', startTime: 200, kind: 'agent' });
  const last = row({ spanId: 'y', parentSpanId: 't', startTime: 300, kind: 'agent' });

  test.each<[string, readonly ObservationSummary[], string]>([
    ['of what failed last has failed', [root, task, first, { ...last, ...failed }], 'error'],
    ['of what was made good has not', [root, task, { ...first, ...failed }, last], 'ok'],
    [
      'of a tool that failed has not',
      [root, task, first, { ...last, ...failed, kind: 'tool' }],
      'ok',
    ],
    ['without children is as it came', [root], 'ok'],
  ])('%s', (_, rows, status) => {
    expect(rollUp(rows, facts).status).toBe(status);
  });

  test('says why', () => {
    const rows = joinRows([root, task, first, { ...last, ...failed }]);
    expect(byId(rows).r).toMatchObject(failed);
  });

  test('settles however deep, also where ids and times say nothing', () => {
    const depth = 2000;
    const chain = Array.from({ length: depth }, (_, i) =>
      row({
        ...{ spanId: String(i), kind: 'chain', startTime: i, join: wrapper },
        ...(i === 0 ? {} : { parentSpanId: String(i - 1) }),
      }),
    );
    const cause = row({
      spanId: 'z',
      parentSpanId: String(depth - 1),
      startTime: depth,
      ...failed,
    });
    expect(rollUp([...chain, cause], facts).status).toBe('error');
    const loop = [
      row({ spanId: 'a', parentSpanId: 'b', join: wrapper }),
      row({ spanId: 'b', parentSpanId: 'a', join: wrapper }),
    ];
    expect(joinRows(loop)).toHaveLength(2);
  });
});

test('scores are known by what they are about', () => {
  const { scoredBy } = joinTrace([
    row({ spanId: 'x', join: { part: 'scores', of: 'g' } }),
    row({ spanId: 'y', join: { part: 'scores' } }),
  ]);
  expect([...scoredBy]).toEqual([
    ['g', ['x']],
    ['', ['y']],
  ]);
});

test('rows without anything to join stay the same array, and a trace says whether it has any', () => {
  const rows = [row({ spanId: 'a' })];
  expect(joinRows(rows)).toBe(rows);
  expect(rollUp(rows, facts)).not.toHaveProperty('joined');
  expect(rollUp([row({ spanId: 'a', join: wrapper })], facts).joined).toBe(true);
});

test('whatever the order of arrival, the trace is the same and tokens count once', () => {
  const join = fc.oneof(
    fc.constant(undefined),
    fc.constant(wrapper),
    fc.constantFrom(request('c'), request('d')),
    fc.record({
      part: fc.constant('answer' as const),
      call: fc.constantFrom('c', 'd'),
      since: fc.integer({ min: 0, max: 50 }),
    }),
  );
  const draft = fc.record({
    parent: fc.nat({ max: 6 }),
    startTime: fc.nat({ max: 50 }),
    status: fc.constantFrom('ok' as const, 'error' as const, 'running' as const),
    input: fc.option(fc.nat({ max: 9 }), { nil: undefined }),
    join,
  });
  fc.assert(
    fc.property(
      fc.array(draft, { minLength: 1, maxLength: 7 }).chain((drafts) => {
        const rows = drafts.map(({ parent, input, ...rest }, i) =>
          row({
            ...rest,
            spanId: String(i),
            parentSpanId: parent === 6 ? undefined : String(parent),
            ...(input === undefined ? {} : { usage: { input } }),
          }),
        );
        return fc.tuple(fc.constant(rows), fc.shuffledSubarray(rows, { minLength: rows.length }));
      }),
      ([rows, shuffled]) => {
        const trace = rollUp(rows, facts);
        expect(rollUp(shuffled, facts)).toEqual(trace);
        const joined = joinRows(rows);
        expect(trace.observationCount).toBe(joined.length);
        const most = rows.reduce((sum, one) => sum + (one.usage?.input ?? 0), 0);
        expect(trace.usage?.input ?? 0).toBeLessThanOrEqual(most);
      },
    ),
  );
});
