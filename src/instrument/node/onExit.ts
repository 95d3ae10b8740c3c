type Emit = (this: NodeJS.Process, event: string | symbol, ...args: unknown[]) => boolean;

/**
 * Runs `finish` when the process exits, after all of the program's own `exit` listeners. It is no
 * listener itself: those are counted, and Node warns about too many of them.
 */
export function onExit(finish: () => void): void {
  const emit = Reflect.get(process, 'emit') as Emit;
  let finished = false;
  const value: Emit = function (event, ...args) {
    if (event !== 'exit') return emit.call(this, event, ...args);
    try {
      return emit.call(this, event, ...args);
    } finally {
      if (!finished) {
        finished = true;
        try {
          finish();
        } catch {
          // The process ends as it would have ended.
        }
      }
    }
  };
  Object.defineProperty(process, 'emit', {
    value,
    configurable: true,
    writable: true,
    enumerable: false,
  });
}
