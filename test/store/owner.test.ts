import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { UserError } from '../../src/base/errors';
import { acquireOwnership } from '../../src/store/owner';

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'glassbox-owner-'));
  file = join(folder, 'owner.db');
});
afterEach(() => rmSync(folder, { recursive: true }));

test('one holder at a time, and the next one after it', () => {
  const first = acquireOwnership(file);
  expect(first).toBeDefined();
  expect(acquireOwnership(file)).toBeUndefined();
  expect(acquireOwnership(file)).toBeUndefined();
  first?.release();
  const second = acquireOwnership(file);
  expect(second).toBeDefined();
  second?.release();
});

test.skipIf(process.platform === 'win32')('its file is for the user alone', () => {
  acquireOwnership(file)?.release();
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

test('a file that is no database is replaced', () => {
  writeFileSync(file, 'not a database, but long enough to have a header'.repeat(100));
  const owner = acquireOwnership(file);
  expect(owner).toBeDefined();
  expect(acquireOwnership(file)).toBeUndefined();
  owner?.release();
});

test('a folder that is not there is said', () => {
  expect(() => acquireOwnership(join(folder, 'nowhere', 'owner.db'))).toThrow(UserError);
});

/** Holds the lock as another process does, with nothing of ours but the same statements. */
const holder = `
  const { DatabaseSync } = require('node:sqlite');
  new DatabaseSync(process.argv[1]).exec('BEGIN EXCLUSIVE');
  console.log('held');
  setInterval(() => {}, 1000);
`;

test('an owner killed without warning frees it', async () => {
  const child = spawn(process.execPath, ['-e', holder, file], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const exit = once(child, 'exit');
  await once(child.stdout, 'data');
  expect(acquireOwnership(file)).toBeUndefined();
  child.kill('SIGKILL');
  await exit;
  const owner = acquireOwnership(file);
  expect(owner).toBeDefined();
  owner?.release();
});
