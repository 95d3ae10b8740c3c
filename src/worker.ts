import { parentPort, workerData } from 'node:worker_threads';
import { connect, serve } from './base/channel';
import { toError } from './base/errors';
import type { Log } from './base/log';
import { threadPort } from './base/threadPort';
import { createIndexService } from './engine/indexService';
import { createIngestService } from './engine/ingestService';
import { createQueryService } from './engine/query';
import type {
  IndexEvents,
  IndexService,
  IngestEvents,
  IngestService,
  QueryService,
} from './engine/services';

/** Where a worker thread starts: serves the role its parent names in `workerData`. */
function main(): void {
  if (!parentPort) throw new Error('worker.js runs in a worker thread');
  const port = threadPort(parentPort);
  const { role } = workerData as { role: 'ingest' | 'query' | 'index' };
  if (role === 'query') {
    serve<QueryService>(port, createQueryService());
    return;
  }
  if (role === 'index') {
    serve<IndexService>(port, createIndexService(logTo(connect<IndexEvents>(port))));
    return;
  }
  const events = connect<IngestEvents>(port);
  serve<IngestService>(port, createIngestService({ events, log: logTo(events) }));
}

function logTo(events: IndexEvents): Log {
  return {
    debug: (message) => void events.log('debug', message),
    info: (message) => void events.log('info', message),
    warn: (message) => void events.log('warn', message),
    error: (message) => void events.log('error', toError(message).message),
  };
}

main();
