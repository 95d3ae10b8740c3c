import type { MessagePort, Worker } from 'node:worker_threads';
import type { Port } from './channel';

/** The end of a channel that a worker, or the thread that started one, holds. */
export function threadPort(thread: Worker | MessagePort): Port {
  return {
    post: (message, transfer = []) => thread.postMessage(message, [...transfer]),
    listen: (handler) => {
      thread.on('message', handler);
      return { dispose: () => thread.off('message', handler) };
    },
  };
}
