/**
 * Watches a response being read without touching it: the same object, the same promises, the same
 * order of ticks. Only the reading methods of this one instance are covered, and what they return
 * is what they always returned.
 */

export interface BodyWatcher {
  /** Bytes in order, as the program reads them; text where it asked for text. */
  chunk(data: Uint8Array | string): void;
  /** All of it at once; where the same bytes were seen as chunks, those are the truth. */
  whole(data: Uint8Array | string): void;
  /** The body is at its end, or the program will read no further. Called once or more. */
  end(reason: 'complete' | 'cancelled' | 'failed', error?: unknown): void;
}

type Method = (this: unknown, ...args: unknown[]) => unknown;
type Holder = Record<PropertyKey, unknown>;

/** Starts watching; a response without a body ends at once. */
export function tapResponse(response: object, watcher: BodyWatcher): void {
  const holder = response as Holder;
  for (const name of ['text', 'json', 'arrayBuffer', 'bytes', 'blob', 'buffer', 'formData']) {
    if (typeof holder[name] === 'function') tapWhole(holder, name, watcher);
  }
  const body = holder['body'];
  if (typeof body !== 'object' || body === null) return;
  tapStream(body as Holder, watcher);
}

/**
 * Used where the stream beneath is not seen. `json()` has parsed what was sent; its text is made
 * anew, which only changes white space.
 */
function tapWhole(holder: Holder, name: string, watcher: BodyWatcher): void {
  cover(
    holder,
    name,
    (original) =>
      function (this: unknown, ...args) {
        const promise = original.apply(this, args) as Promise<unknown>;
        void promise.then(
          (value) => {
            const whole = wholeBody(value);
            if (whole !== undefined) watcher.whole(whole);
            watcher.end('complete');
          },
          (error: unknown) => watcher.end('failed', error),
        );
        return promise;
      },
  );
}

function wholeBody(value: unknown): Uint8Array | string | undefined {
  if (typeof value === 'string' || value instanceof Uint8Array) return value;
  if (value instanceof ArrayBuffer) return new Uint8Array(value);
  return isPlain(value) ? JSON.stringify(value) : undefined;
}

function isPlain(value: unknown): boolean {
  if (Array.isArray(value)) return true;
  if (typeof value !== 'object' || value === null) return false;
  return Object.getPrototypeOf(value) === Object.prototype;
}

function tapStream(stream: Holder, watcher: BodyWatcher): void {
  if (typeof stream['on'] === 'function') return tapNodeStream(stream, watcher);
  for (const name of [Symbol.asyncIterator, 'values', 'iterator']) {
    if (typeof stream[name] !== 'function') continue;
    cover(
      stream,
      name,
      (original) =>
        function (this: unknown, ...args) {
          const iterator = original.apply(this, args) as Holder;
          tapReads(iterator, 'next', watcher);
          tapEnd(iterator, 'return', watcher);
          return iterator;
        },
    );
  }
  if (typeof stream['getReader'] === 'function') {
    cover(
      stream,
      'getReader',
      (original) =>
        function (this: unknown, ...args) {
          const reader = original.apply(this, args) as Holder;
          tapReads(reader, 'read', watcher);
          tapEnd(reader, 'cancel', watcher);
          return reader;
        },
    );
    tapEnd(stream, 'cancel', watcher);
  }
  if (typeof stream['tee'] === 'function') {
    cover(
      stream,
      'tee',
      (original) =>
        function (this: unknown, ...args) {
          const branches = original.apply(this, args) as [Holder, Holder];
          tapStream(branches[0], watcher);
          return branches;
        },
    );
  }
}

/** The stream of `node-fetch`: it emits every chunk, however it is read. */
function tapNodeStream(stream: Holder, watcher: BodyWatcher): void {
  cover(
    stream,
    'emit',
    (original) =>
      function (this: unknown, ...args) {
        const [event, value] = args;
        if (event === 'data') watcher.chunk(value as Uint8Array);
        else if (event === 'end') watcher.end('complete');
        else if (event === 'error') watcher.end('failed', value);
        else if (event === 'close') watcher.end('cancelled');
        return original.apply(this, args);
      },
  );
}

function tapReads(holder: Holder, name: string, watcher: BodyWatcher): void {
  cover(
    holder,
    name,
    (original) =>
      function (this: unknown, ...args) {
        const promise = original.apply(this, args) as Promise<{ done?: boolean; value?: unknown }>;
        void promise.then(
          ({ done, value }) => {
            if (value instanceof Uint8Array || typeof value === 'string') watcher.chunk(value);
            if (done) watcher.end('complete');
          },
          (error: unknown) => watcher.end('failed', error),
        );
        return promise;
      },
  );
}

function tapEnd(holder: Holder, name: string, watcher: BodyWatcher): void {
  if (typeof holder[name] !== 'function') return;
  cover(
    holder,
    name,
    (original) =>
      function (this: unknown, ...args) {
        watcher.end('cancelled');
        return original.apply(this, args);
      },
  );
}

/** Covers an inherited method on one object, invisibly to enumeration. */
function cover(holder: Holder, name: PropertyKey, make: (original: Method) => Method): void {
  const original = holder[name] as Method;
  try {
    Object.defineProperty(holder, name, {
      value: make(original),
      configurable: true,
      writable: true,
      enumerable: false,
    });
  } catch {
    // A frozen object is simply not watched.
  }
}
