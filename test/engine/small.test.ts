import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { ChangeAnnouncer } from '../../src/engine/changes';
import { Committer, type Delivery } from '../../src/engine/committer';
import type { Added, SpanDelivery } from '../../src/store/traceStore';

const added: Added = { added: 1, replaced: 0, duplicates: 0, traceIds: [], newTraceIds: [] };
const delivery = (name: string): Delivery => ({
  spans: [name as unknown as SpanDelivery],
  logs: [],
});

describe('committer', () => {
  test('what comes in one turn shares a transaction, in order', async () => {
    const writes: Delivery[] = [];
    const committer = new Committer(async (batch) => {
      writes.push(batch);
      return added;
    });
    await Promise.all([committer.commit(delivery('a')), committer.commit(delivery('b'))]);
    await committer.commit(delivery('c'));
    expect(writes.map(({ spans }) => spans)).toEqual([['a', 'b'], ['c']]);
  });

  test('a failed write fails every request in it, and none after it', async () => {
    let fail = true;
    const committer = new Committer(async () => {
      if (fail) throw new Error('disk full');
      return added;
    });
    const results = await Promise.allSettled([
      committer.commit(delivery('a')),
      committer.commit(delivery('b')),
    ]);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    fail = false;
    await expect(committer.commit(delivery('c'))).resolves.toEqual(added);
  });
});

describe('change announcer', () => {
  test('tells each trace once a period, removed or changed by what came last', async () => {
    const told: [readonly string[], readonly string[]][] = [];
    const announcer = new ChangeAnnouncer((changed, removed) => told.push([changed, removed]), 5);
    announcer.change(['a', 'b']);
    announcer.change(['a']);
    announcer.remove(['b', 'c']);
    announcer.change(['c']);
    while (told.length === 0) await sleep(1);
    expect(told).toEqual([[['a', 'c'], ['b']]]);
    announcer.change(['d']);
    announcer.dispose();
    await sleep(20);
    expect(told).toHaveLength(1);
  });
});
