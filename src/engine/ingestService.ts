import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { acquireOwnership } from '../store/owner';
import { Ingest, type IngestContext } from './ingest';
import type { IngestService } from './services';

/** The ingest thread's service: idle until this process owns the store. */
export function createIngestService(context: IngestContext): IngestService {
  let ingest: Ingest | undefined;
  const opened = () => {
    if (!ingest) throw new Error('This process does not own the store');
    return ingest;
  };
  return {
    async open(options) {
      if (ingest) return ingest.listening;
      const folder = dirname(options.file);
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      const ownership = acquireOwnership(join(folder, 'owner.db'));
      if (!ownership) return undefined;
      ingest = await Ingest.open(ownership, options, context);
      return ingest.listening;
    },
    setNeighbours: async (neighbours) => opened().setNeighbours(neighbours),
    heldPorts: async () => ingest?.heldPorts ?? [],
    setStarred: async (traceId, starred) => opened().setStarred(traceId, starred),
    setScore: async (traceId, score) => opened().setScore(traceId, score),
    removeScore: async (traceId, key) => opened().removeScore(traceId, key),
    remove: async (traceIds) => opened().remove(traceIds),
    restore: async (traceIds) => opened().restore(traceIds),
    endRun: async (runId) => opened().endRun(runId),
    importTraces: async (body) => opened().importTraces(body),
    async close() {
      const closing = ingest;
      ingest = undefined;
      await closing?.close();
    },
  };
}
