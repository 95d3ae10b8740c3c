import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Disposables } from '../../src/base/disposable';
import { errorCode, isUserError, toError, UserError } from '../../src/base/errors';
import { Emitter } from '../../src/base/event';
import { readCheckout } from '../../src/base/git';

describe('disposables', () => {
  test('die in the opposite order of their making', () => {
    const order: number[] = [];
    const all = new Disposables();
    all.defer(() => order.push(1));
    all.defer(() => order.push(2));
    all.dispose();
    all.dispose();
    expect(order).toEqual([2, 1]);
  });

  test('take no late arrivals', () => {
    const all = new Disposables();
    all.dispose();
    let disposed = false;
    all.add({ dispose: () => (disposed = true) });
    expect(disposed).toBe(true);
  });
});

describe('emitter', () => {
  test('tells every listener until it is disposed', () => {
    const emitter = new Emitter<number>();
    const heard: number[] = [];
    const listener = emitter.event((value) => heard.push(value));
    emitter.fire(1);
    listener.dispose();
    emitter.fire(2);
    expect(heard).toEqual([1]);
  });
});

describe('errors', () => {
  test('keep what was thrown', () => {
    const error = new TypeError('x');
    expect(toError(error)).toBe(error);
    expect(toError('text').message).toBe('text');
  });

  test('a user error is known by its name, so that it survives a channel', () => {
    const crossed = Object.assign(new Error('said'), { name: 'UserError' });
    expect([new UserError('said'), crossed, new Error('bug'), 'x'].map(isUserError)).toEqual([
      ...[true, true, false, false],
    ]);
  });

  test('the code of a system error', () => {
    expect(errorCode(Object.assign(new Error(), { code: 'ENOENT' }))).toBe('ENOENT');
    expect(errorCode(new Error())).toBeUndefined();
  });
});

describe('git', () => {
  const git = (folder: string, ...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@t', ...args], { cwd: folder });

  test('the commit of a checkout and whether tracked files differ', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'glassbox-git-'));
    try {
      expect(await readCheckout(folder)).toBeUndefined();
      git(folder, 'init', '-q');
      writeFileSync(join(folder, 'a.txt'), 'one');
      git(folder, 'add', '.');
      git(folder, 'commit', '-qm', 'first');
      const clean = await readCheckout(folder);
      expect(clean).toEqual({
        commit: expect.stringMatching(/^[0-9a-f]{40}$/) as string,
        dirty: false,
      });
      writeFileSync(join(folder, 'untracked.txt'), 'x');
      expect(await readCheckout(folder)).toEqual(clean);
      writeFileSync(join(folder, 'a.txt'), 'two');
      expect(await readCheckout(folder)).toEqual({ ...clean, dirty: true });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
