import { parentPort, workerData } from 'node:worker_threads';
import { connect, serve } from './base/channel';
import { toError } from './base/errors';
import { threadPort } from './base/threadPort';
import { createIngestService } from './engine/ingestService';
import { createQueryService } from './engine/query';
import type { IngestEvents, IngestService, QueryService } from './engine/services';

/** Where a worker thread starts: serves the role its parent names in `workerData`. */
function main(): void {
  if (!parentPort) throw new Error('worker.js runs in a worker thread');
  const port = threadPort(parentPort);
  const { role } = workerData as { role: 'ingest' | 'query' };
  if (role === 'query') {
    serve<QueryService>(port, createQueryService());
    return;
  }
  const events = connect<IngestEvents>(port);
  const log = {
    debug: (message: string) => void events.log('debug', message),
    info: (message: string) => void events.log('info', message),
    warn: (message: string) => void events.log('warn', message),
    error: (message: string | Error) => void events.log('error', toError(message).message),
  };
  serve<IngestService>(port, createIngestService({ events, log }));
}

main();
