import { serve } from '../base/channel';
import { isUserError, toError, UserError } from '../base/errors';
import type { Log } from '../base/log';
import { createSecretMask, type MaskSecrets } from '../base/secrets';
import {
  control,
  dialectsVersion,
  pricesVersion,
  setPriceOverrides,
  summarise,
} from '../dialects/observe';
import { scoreProblem, type GivenScore, type ScoreKey } from '../model/score';
import type { DecodedLog, DecodedSpan } from '../otlp/decode';
import type { ReceiverHandler } from '../otlp/receiver';
import type { Ownership } from '../store/owner';
import { openSqliteStore } from '../store/sqlite/open';
import type { Added, LogDelivery, SpanDelivery, TraceStore } from '../store/traceStore';
import { ChangeAnnouncer } from './changes';
import { Committer } from './committer';
import { GitStamp } from './gitStamp';
import { decodeImport } from './importBody';
import { Listeners } from './listeners';
import { readSummary } from './read';
import type { IngestEvents, IngestOptions, Listening, Neighbour, StoreWrites } from './services';
import { Upkeep } from './upkeep';

export interface IngestContext {
  readonly events: IngestEvents;
  readonly log: Log;
}

/** Receives, decodes and stores, while it owns the store: its only writer. */
export class Ingest implements StoreWrites {
  private readonly announcer = new ChangeAnnouncer((changed, removed) => {
    void this.announce(changed, removed);
  });
  private readonly committer = new Committer(({ spans, logs }) => this.write(spans, logs));
  private readonly mask: MaskSecrets;
  private readonly complaints = new Set<string>();
  private readonly git: GitStamp;
  private readonly upkeep: Upkeep;
  private readonly listeners: Listeners;

  private constructor(
    private readonly ownership: Ownership,
    private readonly store: TraceStore,
    private readonly context: IngestContext & { readonly options: IngestOptions },
  ) {
    const { options, log } = context;
    this.mask = createSecretMask(options.secretPatterns);
    this.git = new GitStamp(options.folder);
    this.upkeep = new Upkeep(store, { retentionBytes: options.retentionBytes, log });
    this.upkeep.begin();
    this.upkeep.onShrunk((traceIds) => this.announcer.remove(traceIds));
    this.listeners = new Listeners(this.handler(), { ...options, mask: this.mask }, log);
  }

  /** Opens the store this process owns and listens. When it rejects, the ownership is released. */
  static async open(
    ownership: Ownership,
    options: IngestOptions,
    context: IngestContext,
  ): Promise<Ingest> {
    let store: TraceStore | undefined;
    setPriceOverrides(options.prices);
    try {
      store = await openSqliteStore({
        ...{ file: options.file, mode: 'write', reread: readSummary, log: context.log },
        derivedBy: { dialects: dialectsVersion, prices: pricesVersion },
        onRecovered: (message: string) => void context.events.storeReplaced(message),
      });
      const ingest = new Ingest(ownership, store, { ...context, options });
      await ingest.listeners.open();
      return ingest;
    } catch (error) {
      await store?.close();
      ownership.release();
      throw error;
    }
  }

  get listening(): Listening {
    return this.listeners.listening;
  }

  get heldPorts(): readonly number[] {
    return this.listeners.heldPorts;
  }

  setNeighbours(neighbours: readonly Neighbour[]): void {
    this.listeners.setNeighbours(neighbours);
  }

  async setStarred(traceId: string, starred: boolean): Promise<void> {
    await this.store.setStarred(traceId, starred);
    this.announcer.change([traceId]);
  }

  async setScore(traceId: string, score: GivenScore): Promise<void> {
    const problem = scoreProblem(score);
    if (problem !== undefined) throw new UserError(problem);
    if (!(await this.store.setScore(traceId, score))) throw new UserError('This trace is gone.');
    this.announcer.change([traceId]);
  }

  async removeScore(traceId: string, key: ScoreKey): Promise<void> {
    await this.store.removeScore(traceId, key);
    this.announcer.change([traceId]);
  }

  async remove(traceIds: readonly string[]): Promise<void> {
    await this.store.remove(traceIds);
    this.announcer.remove(traceIds);
    this.upkeep.removed();
  }

  async restore(traceIds: readonly string[]): Promise<void> {
    await this.store.restore(traceIds);
    this.announcer.change(traceIds);
  }

  async endRun(runId: string): Promise<void> {
    this.announcer.change(await this.store.endRun(runId));
  }

  importTraces: StoreWrites['importTraces'] = async (body) => {
    const { spans, logs, scores } = decodeImport(body, this.mask);
    const traces = new Set([...spans.map(({ span }) => span.traceId)]);
    const added = await this.write(spans.flatMap(toSpanDelivery), logs.map(toLogDelivery));
    for (const { traceId, score } of scores) {
      if (scoreProblem(score) === undefined) await this.store.setScore(traceId, score);
    }
    this.announcer.change(scores.map(({ traceId }) => traceId));
    return { traces: traces.size, spans: added.added, duplicates: added.duplicates };
  };

  async close(): Promise<void> {
    await this.listeners.close();
    this.announcer.dispose();
    this.upkeep.dispose();
    await this.store.close();
    this.ownership.release();
  }

  private handler(): ReceiverHandler {
    return {
      traces: async ({ items }) => {
        await this.committer.commit({ spans: items.flatMap(toSpanDelivery), logs: [] });
      },
      logs: async ({ items }) => {
        await this.committer.commit({ spans: [], logs: items.map(toLogDelivery) });
      },
      call: (message) => this.answer(message),
    };
  }

  /** One call of another process of this user, in the channel's own form. */
  private answer(message: unknown): Promise<unknown> {
    return new Promise((resolve) => {
      const port = {
        post: resolve,
        listen: (handler: (message: unknown) => void) => {
          handler(message);
          return { dispose: () => undefined };
        },
      };
      serve<StoreWrites>(port, {
        setStarred: (traceId, starred) => this.setStarred(traceId, starred),
        setScore: (traceId, score) => this.setScore(traceId, score),
        removeScore: (traceId, key) => this.removeScore(traceId, key),
        remove: (traceIds) => this.remove(traceIds),
        restore: (traceIds) => this.restore(traceIds),
        endRun: (runId) => this.endRun(runId),
        importTraces: (body) => this.importTraces(body),
      });
    });
  }

  private async write(
    spans: readonly SpanDelivery[],
    logs: readonly LogDelivery[],
  ): Promise<Added> {
    if (spans.length + logs.length === 0) return nothing;
    const git = await this.git.read();
    const receivedTime = Date.now() * 1000;
    const added = await this.store
      .add({ spans, logs, receivedTime, git })
      .catch((error: unknown) => {
        this.complain(toError(error));
        throw error;
      });
    this.announcer.change(added.traceIds);
    this.upkeep.wrote();
    return added;
  }

  /** What keeps spans from being stored is for the user to hear, once. */
  private complain(error: Error): void {
    if (!isUserError(error) || this.complaints.has(error.message)) return;
    this.complaints.add(error.message);
    void this.context.events.notice(error.message);
  }

  private async announce(changed: readonly string[], removed: readonly string[]): Promise<void> {
    const summaries = await Promise.all(changed.map((traceId) => this.store.trace(traceId)));
    await this.context.events.tracesChanged(
      summaries.flatMap((summary) => summary ?? []),
      removed,
    );
  }
}

const nothing: Added = { added: 0, replaced: 0, duplicates: 0, traceIds: [], newTraceIds: [] };

/** Empty for what the dialects drop. */
function toSpanDelivery({ span, record }: DecodedSpan): readonly SpanDelivery[] {
  const controlled = control(span);
  return controlled ? [{ summary: summarise(controlled), record }] : [];
}

function toLogDelivery({ log, record }: DecodedLog): LogDelivery {
  return { traceId: log.traceId, spanId: log.spanId, time: log.time, record };
}
