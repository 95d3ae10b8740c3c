import { MessageChannel } from 'node:worker_threads';
import { afterEach, expect, test } from 'vitest';
import { connect, serve, type Port, type Remote } from '../../src/base/channel';
import { Disposables } from '../../src/base/disposable';
import { threadPort } from '../../src/base/threadPort';

interface Calculator {
  add(a: number, b: number): Promise<number>;
  fail(): Promise<never>;
  hang(): Promise<void>;
  uncloneable(): Promise<unknown>;
}

const calculator: Calculator = {
  add: async (a, b) => a + b,
  fail: async () => {
    throw new RangeError('out of range');
  },
  hang: () => new Promise(() => undefined),
  uncloneable: async () => () => undefined,
};

const disposables: Disposables[] = [];
afterEach(() => disposables.splice(0).forEach((item) => item.dispose()));

/** A served calculator behind a real message channel, which clones as workers do. */
function connected(): Remote<Calculator> {
  const own = new Disposables();
  disposables.push(own);
  const { port1, port2 } = new MessageChannel();
  own.defer(() => port1.close());
  own.add(serve(threadPort(port1), calculator));
  return own.add(connect<Calculator>(threadPort(port2)));
}

test('a call returns what the far end gives', async () => {
  const remote = connected();
  expect(await Promise.all([remote.add(1, 2), remote.add(3, 4)])).toEqual([3, 7]);
});

test('a failure on the far side rejects here, with its name and message', async () => {
  const error = await connected()
    .fail()
    .catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ name: 'RangeError', message: 'out of range' });
});

test('a method that is not there rejects', async () => {
  const remote = connected() as unknown as Record<string, () => Promise<unknown>>;
  await expect(remote.missing?.()).rejects.toThrow("No method 'missing'");
  await expect(
    Reflect.apply(remote['constructor'] as () => Promise<unknown>, remote, []),
  ).rejects.toThrow("No method 'constructor'");
});

test('a reply that cannot be cloned rejects instead of never coming', async () => {
  await expect(connected().uncloneable()).rejects.toThrow();
});

test('closing rejects what waits and what comes later', async () => {
  const remote = connected();
  const waiting = remote.hang();
  remote.dispose();
  await expect(waiting).rejects.toThrow('closed');
  await expect(remote.add(1, 1)).rejects.toThrow('closed');
});

test('both ends may serve and call over one port', async () => {
  const own = new Disposables();
  disposables.push(own);
  const { port1, port2 } = new MessageChannel();
  own.defer(() => port1.close());
  const ends = [threadPort(port1), threadPort(port2)];
  const remotes = ends.map((port) => {
    own.add(serve(port, calculator));
    return own.add(connect<Calculator>(port));
  });
  expect(await Promise.all(remotes.map((remote, index) => remote.add(index, 10)))).toEqual([
    10, 11,
  ]);
});

test('what is no message of the channel is ignored', async () => {
  const handlers: ((message: unknown) => void)[] = [];
  const posted: unknown[] = [];
  const port: Port = {
    post: (message) => posted.push(message),
    listen: (handler) => {
      handlers.push(handler);
      return { dispose: () => undefined };
    },
  };
  serve(port, calculator);
  for (const junk of [undefined, null, 'text', 7, {}, { kind: 'call' }]) handlers[0]?.(junk);
  await Promise.resolve();
  expect(posted).toEqual([]);
});
