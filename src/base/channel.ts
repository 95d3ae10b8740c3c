import { toError } from './errors';
import type { Disposable } from './disposable';

/**
 * A typed request and reply channel over anything that can post a message: a webview, a worker
 * thread, a pair of arrays in a test. Both ends share one interface of async methods; the caller
 * holds a proxy of it, and a failure on the far side rejects on the near side. Either end may
 * serve, connect, or both over the same port.
 */

/** What a `MessagePort`, a worker and a webview have in common. */
export interface Port {
  post(message: unknown, transfer?: readonly ArrayBuffer[]): void;
  listen(handler: (message: unknown) => void): Disposable;
}

/** An interface whose every member is an async method taking and giving cloneable values. */
export type Methods<T> = { [K in keyof T]: (...args: never[]) => Promise<unknown> };

/** The far end's methods, until disposed; then every call, waiting or new, rejects. */
export type Remote<T> = T & Disposable;

interface Fault {
  readonly name: string;
  readonly message: string;
  readonly stack?: string | undefined;
}

type ChannelMessage =
  | { kind: 'call'; id: number; method: string; args: unknown[] }
  | { kind: 'reply'; id: number; value: unknown }
  | { kind: 'fault'; id: number; fault: Fault };

/** Answers the calls that arrive on the port with the methods of `implementation`. */
export function serve<T extends Methods<T>>(port: Port, implementation: T): Disposable {
  return port.listen((raw) => {
    if (!isMessage(raw) || raw.kind !== 'call') return;
    void answer(implementation, raw).then((reply) => post(port, reply));
  });
}

async function answer<T extends Methods<T>>(
  implementation: T,
  call: ChannelMessage & { kind: 'call' },
): Promise<ChannelMessage> {
  try {
    const method: unknown = Reflect.get(implementation, call.method);
    if (call.method === 'constructor' || typeof method !== 'function') {
      throw new TypeError(`No method '${call.method}'`);
    }
    const value: unknown = await Reflect.apply(method, implementation, call.args);
    return { kind: 'reply', id: call.id, value };
  } catch (thrown) {
    return { kind: 'fault', id: call.id, fault: toFault(thrown) };
  }
}

/** A value that cannot be cloned is the caller's to hear of, not a reply that never comes. */
function post(port: Port, reply: ChannelMessage): void {
  try {
    port.post(reply);
  } catch (thrown) {
    port.post({ kind: 'fault', id: reply.id, fault: toFault(thrown) });
  }
}

/** An object whose methods run on the far end of the port. */
export function connect<T extends Methods<T>>(port: Port): Remote<T> {
  const waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  let nextId = 0;
  let closed = false;
  const listener = port.listen((raw) => {
    if (!isMessage(raw) || raw.kind === 'call') return;
    const call = waiting.get(raw.id);
    waiting.delete(raw.id);
    if (raw.kind === 'reply') call?.resolve(raw.value);
    else call?.reject(ofFault(raw.fault));
  });
  const dispose = () => {
    closed = true;
    listener.dispose();
    for (const call of waiting.values()) call.reject(new Error('The channel is closed'));
    waiting.clear();
  };
  const call = (method: string, args: unknown[]) =>
    new Promise((resolve, reject) => {
      if (closed) throw new Error('The channel is closed');
      const id = nextId++;
      waiting.set(id, { resolve, reject });
      port.post({ kind: 'call', id, method, args } satisfies ChannelMessage);
    });
  return new Proxy({} as Remote<T>, {
    get: (_, method) => {
      if (method === 'dispose') return dispose;
      // A proxy with a `then` would be awaited as if it were a promise.
      if (typeof method !== 'string' || method === 'then') return undefined;
      return (...args: unknown[]) => call(method, args);
    },
  });
}

function isMessage(raw: unknown): raw is ChannelMessage {
  return typeof raw === 'object' && raw !== null && 'kind' in raw && 'id' in raw;
}

function toFault(thrown: unknown): Fault {
  const { name, message, stack } = toError(thrown);
  return { name, message, stack };
}

function ofFault(fault: Fault): Error {
  return Object.assign(new Error(fault.message), { name: fault.name, stack: fault.stack });
}
