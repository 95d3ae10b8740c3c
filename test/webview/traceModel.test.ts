import { describe, expect, test, vi } from 'vitest';
import { UserError } from '../../src/base/errors';
import { spanIdAt } from '../../src/model/columns';
import type { Observation } from '../../src/model/observation';
import type { TraceHost, TraceView } from '../../src/protocol';
import { defaultArrangement, foldLimit, readArrangement } from '../../webview/trace/arrangement';
import { throttle, type Timers } from '../../webview/trace/throttle';
import { TraceModel } from '../../webview/trace/traceModel';
import { supportTrace } from './harness/supportTrace';
import { largeTrace, type Made } from './harness/traces';

/** A host whose trace can be exchanged, and which counts what it is asked. */
class FakeHost {
  made: Made | undefined = supportTrace();
  failure: Error | undefined;
  readonly asked: string[] = [];
  readonly host: TraceHost;

  constructor() {
    const nothing = async () => undefined;
    this.host = {
      trace: async () => this.trace(),
      observation: async (spanId) => this.observation(spanId),
      openSource: nothing,
      openFile: nothing,
      openText: nothing,
      copy: nothing,
      openLink: nothing,
      setStarred: nothing,
    };
  }

  private async trace(): Promise<TraceView | undefined> {
    if (this.failure) throw this.failure;
    return this.made?.view;
  }

  private async observation(spanId: string): Promise<Observation | undefined> {
    this.asked.push(spanId);
    return this.made?.observations.get(spanId);
  }
}

async function openModel(fake: FakeHost, stored = defaultArrangement): Promise<TraceModel> {
  const model = new TraceModel(fake.host, stored);
  model.refresh();
  await vi.waitFor(() => expect(model.view.value ?? model.failure.value).toBeDefined());
  return model;
}

const shownName = (model: TraceModel) =>
  model.details.value?.state === 'ready' ? model.details.value.observation.name : undefined;

describe('the state of the page', () => {
  test('begins at the root of the trace, or where the reader was', async () => {
    const fake = new FakeHost();
    const model = await openModel(fake);
    await vi.waitFor(() => expect(shownName(model)).toBe('Support'));
    const again = await openModel(fake, { ...defaultArrangement, selected: '0000000000000003' });
    await vi.waitFor(() => expect(shownName(again)).toBe('Triage'));
  });

  test('the first rows come ahead of the rest, and what was chosen among the rest stays', async () => {
    const asked: unknown[] = [];
    let release: (() => void) | undefined;
    const rest = new Promise<void>((resolve) => (release = resolve));
    const whole = largeTrace(5000).view;
    const first = largeTrace(2000).view;
    const host: TraceHost = {
      ...new FakeHost().host,
      trace: async (limit) => {
        asked.push(limit);
        if (limit !== undefined) return { ...first, trace: whole.trace };
        await rest;
        return whole;
      },
    };
    const chosen = spanIdAt(whole.columns, 4321);
    const model = new TraceModel(host, { ...defaultArrangement, selected: chosen });
    model.refresh();
    await vi.waitFor(() => expect(model.view.value?.columns.count).toBe(2000));
    expect(model.selectedId.value).toBe(chosen);
    release?.();
    await vi.waitFor(() => expect(model.view.value?.columns.count).toBe(5000));
    expect(model.selectedRow.value).toBe(4321);
    model.refresh();
    await vi.waitFor(() => expect(asked).toEqual([2000, undefined, undefined]));
  });

  test('folds to a depth, and by kind', async () => {
    const model = await openModel(new FakeHost());
    model.foldToDepth(2);
    expect([...model.visible.value]).toEqual([0, 1, 2, 5, 13]);
    model.foldToDepth(1);
    expect([...model.visible.value]).toEqual([0, 13]);
    model.foldToDepth(9);
    model.foldKind('tool', true);
    expect(model.visible.value).toHaveLength(13);
  });

  test('a span that is gone gives way to the root', async () => {
    const model = await openModel(new FakeHost(), {
      ...defaultArrangement,
      selected: 'f'.repeat(16),
    });
    await vi.waitFor(() => expect(shownName(model)).toBe('Support'));
  });

  test('only the details of the last choice are shown', async () => {
    const fake = new FakeHost();
    const model = await openModel(fake);
    for (const row of [3, 4, 5, 6, 7]) model.select(row);
    await vi.waitFor(() => expect(shownName(model)).toBe('search_orders'));
    expect(fake.asked.length).toBeLessThanOrEqual(3);
  });

  test('details are read again when their row changed, and only then', async () => {
    const fake = new FakeHost();
    fake.made = supportTrace(4_100);
    const model = await openModel(fake);
    model.select(1);
    await vi.waitFor(() => expect(shownName(model)).toBe('No personal data'));
    const before = fake.asked.length;
    fake.made = supportTrace(4_600);
    model.refresh();
    await vi.waitFor(() => expect(model.view.value?.columns.count).toBe(12));
    expect(fake.asked).toHaveLength(before);
    model.select(0);
    await vi.waitFor(() => expect(shownName(model)).toBe('Support'));
    fake.made = supportTrace();
    model.refresh();
    await vi.waitFor(() =>
      expect(model.details.value).toMatchObject({ observation: { status: 'ok' } }),
    );
  });

  test('folding away the selection selects what hides it; folds outlive new rows', async () => {
    const fake = new FakeHost();
    const model = await openModel(fake);
    model.select(7);
    model.fold([5], true);
    expect(model.selectedRow.value).toBe(5);
    expect(model.visible.value).toHaveLength(7);
    fake.made = supportTrace(6_469);
    model.refresh();
    await vi.waitFor(() => expect(model.view.value?.trace.status).toBe('running'));
    expect(model.visible.value).toHaveLength(7);
    expect(model.arrangement.value.folded).toEqual(['0000000000000006']);
  });

  test('folding all keeps the roots open; unfolding all opens everything', async () => {
    const model = await openModel(new FakeHost());
    model.foldAll(true);
    expect([...model.visible.value]).toEqual([0, 1, 2, 5, 13]);
    model.foldAll(false);
    expect(model.visible.value).toHaveLength(14);
    model.foldSubtree(5, true);
    model.fold([5], false);
    expect([...model.visible.value]).not.toContain(8);
  });

  test('finding opens what is folded, and the next match follows', async () => {
    const model = await openModel(new FakeHost());
    model.fold([0], true);
    model.findText('refund');
    expect(model.selectedRow.value).toBe(10);
    model.findNext(1);
    expect(model.selectedRow.value).toBe(11);
    model.findNext(1);
    expect(model.selectedRow.value).toBe(10);
    model.findNext(-1);
    expect(model.selectedRow.value).toBe(11);
    model.closeFind();
    expect(model.matches.value).toHaveLength(0);
  });

  test.each([
    [new UserError('The store is being moved.'), 'The store is being moved.'],
    [new Error('boom'), 'Something went wrong: boom'],
  ])('a failure is told in a sentence, and the trace stays', async (failure, sentence) => {
    const fake = new FakeHost();
    const model = await openModel(fake);
    fake.failure = failure;
    model.refresh();
    await vi.waitFor(() => expect(model.failure.value).toBe(sentence));
    expect(model.view.value?.columns.count).toBe(14);
    fake.failure = undefined;
    model.refresh();
    await vi.waitFor(() => expect(model.failure.value).toBeUndefined());
  });

  test('a trace that is deleted while it is read says so', async () => {
    const fake = new FakeHost();
    const model = await openModel(fake);
    fake.made = undefined;
    model.refresh();
    await vi.waitFor(() => expect(model.failure.value).toBe('This trace has been deleted.'));
    const none = await openModel(fake);
    expect(none.failure.value).toContain('is gone');
  });
});

describe('what the page remembers', () => {
  test('is read as it was written', () => {
    const arrangement = {
      ...defaultArrangement,
      selected: 'a',
      tab: 'events' as const,
      split: 0.3,
      raw: true,
      folded: ['b'],
    };
    expect(readArrangement(structuredClone(arrangement))).toEqual(arrangement);
  });

  test.each([
    undefined,
    null,
    'text',
    { tab: 'nowhere', split: 7, names: 'wide', raw: 1, folded: 'all', selected: 5 },
    { split: NaN, folded: [1, null] },
  ])('is ignored where it makes no sense: %j', (stored) => {
    expect(readArrangement(stored)).toEqual({ ...defaultArrangement, selected: undefined });
  });

  test('holds a bounded number of folds', () => {
    const folded = Array.from({ length: foldLimit + 5 }, (_, index) => String(index));
    expect(readArrangement({ folded }).folded).toHaveLength(foldLimit);
  });
});

describe('throttling', () => {
  /** Timers that run when told to. */
  class Clock implements Timers {
    private time = 0;
    private waiting: { run: () => void; at: number }[] = [];
    now = () => this.time;
    set = (run: () => void, milliseconds: number) =>
      this.waiting.push({ run, at: this.time + milliseconds });
    async advance(milliseconds: number): Promise<void> {
      this.time += milliseconds;
      const due = this.waiting.filter(({ at }) => at <= this.time);
      this.waiting = this.waiting.filter(({ at }) => at > this.time);
      for (const { run } of due) run();
      await Promise.resolve();
      await Promise.resolve();
    }
  }

  test('runs at once, then at most once an interval, and once more for what came meanwhile', async () => {
    const clock = new Clock();
    let runs = 0;
    const call = throttle(async () => void runs++, 250, clock);
    call();
    call();
    await clock.advance(0);
    expect(runs).toBe(1);
    call();
    call();
    await clock.advance(249);
    expect(runs).toBe(1);
    await clock.advance(1);
    expect(runs).toBe(2);
    await clock.advance(1000);
    expect(runs).toBe(2);
  });

  test('never runs twice at the same time', async () => {
    const clock = new Clock();
    const finish: (() => void)[] = [];
    let running = 0;
    const call = throttle(
      async () => {
        running++;
        await new Promise<void>((resolve) => finish.push(resolve));
        running--;
      },
      10,
      clock,
    );
    call();
    await clock.advance(0);
    call();
    await clock.advance(100);
    expect(running).toBe(1);
    finish.shift()?.();
    await clock.advance(0);
    await clock.advance(10);
    await clock.advance(10);
    expect(running).toBe(1);
    expect(finish).toHaveLength(1);
  });
});
