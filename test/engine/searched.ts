import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLog } from '../../src/base/log';
import { control, summarise } from '../../src/dialects/observe';
import { Indexer } from '../../src/engine/indexer';
import { createQueryService } from '../../src/engine/query';
import { readSummary } from '../../src/engine/read';
import type { Filter } from '../../src/model/filter';
import { parseFilter } from '../../src/model/filterParse';
import { decodeLogs, decodeTraces } from '../../src/otlp/decode';
import { logsFromJson, tracesFromJson } from '../../src/otlp/json';
import { openSqliteStore } from '../../src/store/sqlite/open';
import type { LogDelivery, SpanDelivery, TraceStore } from '../../src/store/traceStore';

/** A store in a file with what reads and indexes it, for tests. */
export class Searched {
  readonly query = createQueryService();
  readonly folder = mkdtempSync(join(tmpdir(), 'glassbox-search-'));
  readonly file = join(this.folder, 'g.db');
  /** Microseconds that the writer's clock is ahead. */
  readonly clock = { ahead: 0 };
  private opened: TraceStore | undefined;

  get store(): TraceStore {
    if (!this.opened) throw new Error('Not open');
    return this.opened;
  }

  static async open(): Promise<Searched> {
    const made = new Searched();
    const { file, clock } = made;
    made.opened = await openSqliteStore({
      ...{ file, mode: 'write', reread: readSummary, log: silentLog },
      derivedBy: { dialects: 1, prices: '' },
      now: () => Date.now() * 1000 + clock.ahead,
    });
    await made.query.open(file, {});
    return made;
  }

  async add(...requests: readonly object[]): Promise<void> {
    for (const request of requests) {
      await this.store.add({
        ...{ spans: spansOf(request), logs: logsOf(request), receivedTime: Date.now() * 1000 },
      });
    }
  }

  /** Indexes all there is, as a thread that starts. */
  index(): void {
    const indexer = Indexer.open({ file: this.file, log: silentLog });
    if (!indexer) throw new Error('No full-text search');
    while (!indexer.step());
    indexer.dispose();
  }

  async ids(filter: string, limit = 100): Promise<readonly string[]> {
    const traces = await this.query.traces({ filter: filterOf(filter), limit });
    return traces.map(({ traceId }) => traceId);
  }

  async close(): Promise<void> {
    await this.query.close();
    await this.store.close();
    rmSync(this.folder, { recursive: true });
  }
}

export function filterOf(text: string): Filter {
  const parsed = parseFilter(text);
  if ('problem' in parsed || !parsed.filter) throw new Error(`Not a filter: ${text}`);
  return parsed.filter;
}

function spansOf(request: object): readonly SpanDelivery[] {
  const read = tracesFromJson(JSON.stringify(request));
  if ('malformed' in read) throw new Error(read.malformed);
  const decoded = decodeTraces(read.body);
  if ('malformed' in decoded) throw new Error(decoded.malformed);
  return decoded.items.flatMap(({ span, record }) => {
    const controlled = control(span);
    return controlled ? [{ summary: summarise(controlled), record }] : [];
  });
}

function logsOf(request: object): readonly LogDelivery[] {
  const read = logsFromJson(JSON.stringify(request));
  if ('malformed' in read) return [];
  const decoded = decodeLogs(read.body);
  if ('malformed' in decoded) return [];
  return decoded.items.map(({ log, record }) => ({
    ...{ traceId: log.traceId, spanId: log.spanId, time: log.time, record },
  }));
}
