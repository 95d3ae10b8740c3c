import { createHash } from 'node:crypto';
import { matchesTrace } from '../model/filterMatch';
import type { ObservationSummary } from '../model/observation';
import type { LogBytes, SpanRecord } from '../model/record';
import { compareRows, rollUp, settle } from '../model/rollup';
import type { GivenScore, ScoreKey, StoredScore } from '../model/score';
import type { DerivedBy, GitState, TraceSummary } from '../model/trace';
import { keepDeliveries, type RankedRecord } from './deliveries';
import { refuseUnsearchable } from './searchable';
import type {
  Added,
  LogDelivery,
  Reread,
  RowPage,
  SpanDelivery,
  StoreBatch,
  StoredSpan,
  TraceQuery,
  TraceScore,
  TraceStore,
} from './traceStore';

export interface MemoryStoreOptions {
  readonly reread: Reread;
  readonly derivedBy: DerivedBy;
  /** Microseconds since 1970. */
  readonly now?: () => number;
}

/** A store that lives and dies with its process: the plain reference the others are held to. */
export function createMemoryStore(options: MemoryStoreOptions): TraceStore {
  return new MemoryStore(options);
}

interface KeptDelivery extends RankedRecord {
  readonly summary: ObservationSummary;
}

interface KeptSpan {
  readonly deliveries: readonly KeptDelivery[];
  readonly summary: ObservationSummary;
}

interface KeptLog {
  readonly time: number;
  readonly hash: string;
  readonly record: LogBytes;
}

interface KeptTrace {
  readonly spans: Map<string, KeptSpan>;
  readonly logs: Map<string, KeptLog>;
  updatedTime: number;
  git: GitState | undefined;
  starred: boolean;
  removed: boolean;
  readonly scores: Map<string, StoredScore>;
}

type Outcome = 'added' | 'replaced' | 'duplicates';

class MemoryStore implements TraceStore {
  private readonly kept = new Map<string, KeptTrace>();
  private readonly endedRuns = new Set<string>();
  private readonly now: () => number;

  constructor(private readonly options: MemoryStoreOptions) {
    this.now = options.now ?? (() => Date.now() * 1000);
  }

  async add(batch: StoreBatch): Promise<Added> {
    const outcomes = { added: 0, replaced: 0, duplicates: 0 };
    const changed = new Set<string>();
    const fresh = new Set<string>();
    for (const delivery of batch.spans) {
      const { traceId } = delivery.summary;
      const trace = this.traceOf(traceId);
      if (trace.spans.size === 0) {
        trace.git = batch.git;
        fresh.add(traceId);
      }
      const outcome = this.addSpan(trace, delivery);
      outcomes[outcome]++;
      if (outcome !== 'duplicates') changed.add(traceId);
    }
    for (const log of batch.logs) {
      if (addLog(this.traceOf(log.traceId), log)) changed.add(log.traceId);
    }
    for (const traceId of changed) {
      const trace = this.traceOf(traceId);
      trace.updatedTime = Math.max(trace.updatedTime, batch.receivedTime);
    }
    const traceIds = [...changed].filter((traceId) => this.visible(traceId));
    return { ...outcomes, traceIds, newTraceIds: traceIds.filter((id) => fresh.has(id)) };
  }

  async traces(query: TraceQuery): Promise<readonly TraceSummary[]> {
    const { ai, before, limit, filter, runId, traceIds } = query;
    if (filter) refuseUnsearchable(filter);
    const now = this.now();
    return [...(traceIds ? new Set(traceIds) : this.kept.keys())]
      .flatMap((traceId) => this.summaryOf(traceId) ?? [])
      .filter((trace) => ai === undefined || trace.ai === ai)
      .filter((trace) => runId === undefined || trace.run?.runId === runId)
      .filter((trace) => before === undefined || compareNewest(before, trace) < 0)
      .filter((trace) => {
        const rows = this.rowsOf(trace.traceId);
        return filter === undefined || matchesTrace(filter, trace, { rows, now });
      })
      .sort(compareNewest)
      .slice(0, limit);
  }

  async trace(traceId: string): Promise<TraceSummary | undefined> {
    return this.summaryOf(traceId);
  }

  async findTraceIds(prefix: string): Promise<readonly string[]> {
    if (prefix.length < 4) return [];
    const matching = [...this.kept.keys()].filter((traceId) => traceId.startsWith(prefix));
    return matching
      .filter((traceId) => this.visible(traceId))
      .sort()
      .slice(0, 10);
  }

  async rows(traceId: string, page: RowPage = {}): Promise<readonly ObservationSummary[]> {
    const rows = this.rowsOf(traceId).sort(compareRows);
    const { after, limit } = page;
    const from = after ? rows.findIndex((row) => compareRows(row, { ...row, ...after }) > 0) : 0;
    return from < 0 ? [] : rows.slice(from, limit === undefined ? undefined : from + limit);
  }

  async records(traceId: string, spanIds: readonly string[]): Promise<readonly StoredSpan[]> {
    const spans = this.visible(traceId)?.spans;
    return [...new Set(spanIds)].flatMap((spanId) => {
      const [first, ...others] = spans?.get(spanId)?.deliveries ?? [];
      if (!first) return [];
      return { spanId, deliveries: [first.record, ...others.map(({ record }) => record)] };
    });
  }

  async logs(traceId: string): Promise<readonly LogBytes[]> {
    const logs = [...(this.visible(traceId)?.logs.values() ?? [])];
    return logs.sort(compareLogs).map(({ record }) => record);
  }

  async setStarred(traceId: string, starred: boolean): Promise<void> {
    const trace = this.kept.get(traceId);
    if (trace) trace.starred = starred;
  }

  async setScore(traceId: string, score: GivenScore): Promise<boolean> {
    const trace = this.visible(traceId);
    trace?.scores.set(scorePlace(score), { ...score, time: this.now() });
    return trace !== undefined;
  }

  async removeScore(traceId: string, key: ScoreKey): Promise<void> {
    this.kept.get(traceId)?.scores.delete(scorePlace(key));
  }

  async scores(traceId: string): Promise<readonly StoredScore[]> {
    const scores = [...(this.visible(traceId)?.scores ?? [])];
    return scores.sort(([a], [b]) => (a < b ? -1 : 1)).map(([, score]) => score);
  }

  async allScores(): Promise<readonly TraceScore[]> {
    const traceIds = [...this.kept.keys()].sort();
    const scores = traceIds.map(async (traceId) =>
      (await this.scores(traceId)).map((score) => ({ traceId, ...score })),
    );
    return (await Promise.all(scores)).flat();
  }

  async remove(traceIds: readonly string[]): Promise<void> {
    this.setRemoved(traceIds, true);
  }

  async restore(traceIds: readonly string[]): Promise<void> {
    this.setRemoved(traceIds, false);
  }

  async purge(): Promise<void> {
    for (const [traceId, trace] of this.kept) if (trace.removed) this.kept.delete(traceId);
  }

  async endRun(runId: string): Promise<readonly string[]> {
    const running = [...this.kept.keys()].filter((traceId) =>
      this.rowsOf(traceId).some((row) => row.status === 'running' && row.run?.runId === runId),
    );
    this.endedRuns.add(runId);
    return running;
  }

  async size(): Promise<number> {
    return [...this.kept.values()].reduce((sum, trace) => sum + sizeOf(trace), 0);
  }

  async shrinkTo(bytes: number): Promise<readonly string[]> {
    await this.purge();
    let size = await this.size();
    const deleted: string[] = [];
    const newestFirst = await this.traces({ limit: Infinity });
    for (const { traceId, starred } of [...newestFirst].reverse()) {
      const trace = this.kept.get(traceId);
      if (size <= bytes || starred || !trace || trace.scores.size > 0) continue;
      size -= sizeOf(trace);
      this.kept.delete(traceId);
      deleted.push(traceId);
    }
    return deleted;
  }

  async tidy(): Promise<boolean> {
    return false;
  }

  async close(): Promise<void> {
    this.kept.clear();
  }

  private traceOf(traceId: string): KeptTrace {
    const known = this.kept.get(traceId);
    if (known) return known;
    const trace: KeptTrace = {
      ...{ spans: new Map(), logs: new Map(), updatedTime: 0, git: undefined },
      ...{ starred: false, removed: false, scores: new Map() },
    };
    this.kept.set(traceId, trace);
    return trace;
  }

  private visible(traceId: string): KeptTrace | undefined {
    const trace = this.kept.get(traceId);
    return trace && !trace.removed && trace.spans.size > 0 ? trace : undefined;
  }

  private addSpan(trace: KeptTrace, { summary, record }: SpanDelivery): Outcome {
    const before = trace.spans.get(summary.spanId)?.deliveries ?? [];
    const delivery = { endTime: summary.endTime, record: copyRecord(record), summary };
    const deliveries = keepDeliveries([...before, delivery]);
    if (!deliveries.includes(delivery)) return 'duplicates';
    trace.spans.set(summary.spanId, { deliveries, summary: this.read(deliveries, summary) });
    return before.length === 0 ? 'added' : 'replaced';
  }

  private read(deliveries: readonly KeptDelivery[], only: ObservationSummary): ObservationSummary {
    const [first, ...others] = deliveries.map(({ record }) => record);
    return first && others.length > 0 ? this.options.reread([first, ...others]) : only;
  }

  private rowsOf(traceId: string): ObservationSummary[] {
    const spans = this.visible(traceId)?.spans.values() ?? [];
    return [...spans].map(({ summary }) => this.interrupted(summary));
  }

  private interrupted(row: ObservationSummary): ObservationSummary {
    const ended = row.run?.runId !== undefined && this.endedRuns.has(row.run.runId);
    return ended && row.status === 'running' ? { ...row, status: 'interrupted' } : row;
  }

  private summaryOf(traceId: string): TraceSummary | undefined {
    const trace = this.visible(traceId);
    if (!trace) return undefined;
    const { starred, git, updatedTime } = trace;
    const facts = { starred, git, updatedTime, derivedBy: this.options.derivedBy };
    return settle(rollUp(this.rowsOf(traceId), facts), this.now());
  }

  private setRemoved(traceIds: readonly string[], removed: boolean): void {
    for (const traceId of traceIds) {
      const trace = this.kept.get(traceId);
      if (trace) trace.removed = removed;
    }
  }
}

/** Scores of the trace come before those of its observations. */
function scorePlace({ spanId = '', name }: ScoreKey): string {
  return `${spanId}\0${name}`;
}

/** The order of lists: newest first, then by id downwards. */
function compareNewest(
  a: Pick<TraceSummary, 'startTime' | 'traceId'>,
  b: Pick<TraceSummary, 'startTime' | 'traceId'>,
): number {
  return b.startTime - a.startTime || (a.traceId < b.traceId ? 1 : a.traceId > b.traceId ? -1 : 0);
}

function addLog(trace: KeptTrace, { time, record }: LogDelivery): boolean {
  const hash = createHash('sha1').update(record.log).digest('hex');
  const place = [hash, ...[record.resource, record.scope].map((part) => hexOf(part))].join();
  if (trace.logs.has(place)) return false;
  const { log, resource, scope } = record;
  const copied = { log: copy(log), resource: copy(resource), scope: copy(scope) };
  trace.logs.set(place, { time, hash, record: copied });
  return true;
}

function compareLogs(a: KeptLog, b: KeptLog): number {
  return a.time - b.time || (a.hash < b.hash ? -1 : 1);
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

function copy(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes);
}

/** What a caller hands over may be a view of a buffer that is used again. */
function copyRecord({ span, resource, scope }: SpanRecord): SpanRecord {
  return { span: copy(span), resource: copy(resource), scope: copy(scope) };
}

function sizeOf(trace: KeptTrace): number {
  const records = [...trace.spans.values()].flatMap(({ deliveries }) => deliveries);
  const spans = records.reduce((sum, { record }) => sum + record.span.length, 0);
  return [...trace.logs.values()].reduce((sum, { record }) => sum + record.log.length, spans);
}
