import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { silentLog } from '../../src/base/log';
import { GitStamp } from '../../src/engine/gitStamp';
import { Upkeep } from '../../src/engine/upkeep';
import { createMemoryStore } from '../../src/store/memory';
import type { TraceStore } from '../../src/store/traceStore';
import { derivedBy, reread } from '../store/build';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A store that counts how often it is asked to tidy, and has work left for some of them. */
function upkeepOf(left = 0) {
  const counts = { tidied: 0, left };
  const store: TraceStore = {
    ...createMemoryStore({ reread, derivedBy }),
    size: async () => 0,
    tidy: async () => {
      counts.tidied++;
      return counts.left-- > 0;
    },
  };
  const upkeep = new Upkeep(store, { retentionBytes: Infinity, log: silentLog });
  return { counts, upkeep };
}

describe('upkeep', () => {
  test('tidies when it has been quiet, to the end, and once more when all has settled', async () => {
    const { counts, upkeep } = upkeepOf(3);
    upkeep.wrote();
    await vi.advanceTimersByTimeAsync(1900);
    expect(counts.tidied).toBe(0);
    await vi.advanceTimersByTimeAsync(1000);
    expect(counts.tidied).toBe(4);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(counts.tidied).toBe(5);
    await vi.advanceTimersByTimeAsync(3_600_000);
    expect(counts.tidied).toBe(5);
    upkeep.dispose();
  });

  test('does nothing while spans keep coming', async () => {
    const { counts, upkeep } = upkeepOf();
    for (let i = 0; i < 20; i++) {
      upkeep.wrote();
      await vi.advanceTimersByTimeAsync(1000);
    }
    expect(counts.tidied).toBe(0);
    upkeep.dispose();
  });

  test('takes up what was left undone when it begins, and stops when disposed', async () => {
    const { counts, upkeep } = upkeepOf(Infinity);
    upkeep.begin();
    await vi.advanceTimersByTimeAsync(2050);
    expect(counts.tidied).toBeGreaterThan(1);
    upkeep.dispose();
    const before = counts.tidied;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(counts.tidied).toBe(before);
  });
});

describe('git stamp', () => {
  const folder = mkdtempSync(join(tmpdir(), 'glassbox-stamp-'));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  test('is looked at again after a pause, and now and then while spans keep coming', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const git = (...parameters: string[]) => execFileSync('git', ['-C', folder, ...parameters]);
    git('init', '-q');
    writeFileSync(join(folder, 'agent.mjs'), 'one');
    git('add', '.');
    git('-c', 'user.name=a', '-c', 'user.email=a@b.c', 'commit', '-qm', 'one');
    const stamp = new GitStamp(folder);
    expect((await stamp.read())?.dirty).toBe(false);
    writeFileSync(join(folder, 'agent.mjs'), 'two');
    vi.advanceTimersByTime(1000);
    expect((await stamp.read())?.dirty).toBe(false);
    vi.advanceTimersByTime(2500);
    expect((await stamp.read())?.dirty).toBe(true);
    git('checkout', '-q', '.');
    for (let i = 0; i < 9; i++) {
      vi.advanceTimersByTime(1000);
      expect((await stamp.read())?.dirty).toBe(true);
    }
    vi.advanceTimersByTime(1500);
    expect((await stamp.read())?.dirty).toBe(false);
  });

  test('there is none without a folder, or outside git', async () => {
    vi.useRealTimers();
    expect(await new GitStamp(undefined).read()).toBeUndefined();
  });
});
