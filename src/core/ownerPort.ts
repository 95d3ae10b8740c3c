import { request } from 'node:http';
import type { Port } from '../base/channel';

/** The end of a channel to another process that owns the store: each call is one POST. */
export function ownerPort(endpoint: string): Port {
  const handlers = new Set<(message: unknown) => void>();
  return {
    post: (message) => {
      void postJson(`${endpoint}/call`, message).then((reply) => {
        for (const handler of handlers) handler(reply);
      });
    },
    listen: (handler) => {
      handlers.add(handler);
      return { dispose: () => handlers.delete(handler) };
    },
  };
}

/** The owner's reply, or a fault in its place when there is none. */
async function postJson(url: string, message: unknown): Promise<unknown> {
  const id = (message as { id: number }).id;
  const fault = (reason: string) => ({
    ...{ kind: 'fault', id },
    fault: {
      name: 'UserError',
      message: `The window that owns this store did not answer: ${reason}`,
    },
  });
  return new Promise((resolve) => {
    const outgoing = request(
      url,
      { method: 'POST', headers: { 'content-type': 'application/json' }, timeout: 60_000 },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', (error) => resolve(fault(error.message)));
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString('utf8');
          if (response.statusCode !== 200) resolve(fault(`HTTP ${response.statusCode}`));
          else resolve(parseReply(text) ?? fault('not a reply'));
        });
      },
    );
    outgoing.on('error', (error) => resolve(fault(error.message)));
    outgoing.on('timeout', () => outgoing.destroy(new Error('timed out')));
    outgoing.end(JSON.stringify(message));
  });
}

function parseReply(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
