import type { Finding, QueryService } from '../engine/services';
import { ServiceThread } from './thread';

export type { Finding, QueryService };

/** A store opened only to be read, by its own thread; nothing listens and nothing is owned. */
export interface Reader {
  readonly query: QueryService;
  close(): Promise<void>;
}

/** Rejects with a `UserError` when the file is not a store this version can read. */
export async function openReader(workerFile: string, file: string): Promise<Reader> {
  const thread = new ServiceThread<QueryService>({ file: workerFile, role: 'query' });
  try {
    await thread.remote.open(file, {});
  } catch (error) {
    await thread.close();
    throw error;
  }
  return { query: thread.remote, close: () => thread.close() };
}
