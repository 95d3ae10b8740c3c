import type { Disposable } from '../base/disposable';
import { toError } from '../base/errors';
import type { Log } from '../base/log';
import { scoreOfRecord } from '../dialects/evaluationRecord';
import { dialectsVersion } from '../dialects/observe';
import { decodeLog } from '../otlp/decode';
import type { FeedPart, FeedTrace, StoreFeed } from '../store/feed';
import type { SearchedObservation } from '../store/search';
import { openStoreFeed } from '../store/sqlite/feed';
import { deleteSearch, searchFileOf, type SearchIdentity } from '../store/sqlite/searchSchema';
import { SearchWriter } from '../store/sqlite/searchWriter';
import { isCorruption } from '../store/sqlite/faults';
import { readObservation } from './read';
import { searchedObservation, searchWordsVersion } from './searchWords';

/** Documents that one transaction is closed at: smaller ones cost the index dearly. */
const enoughDocuments = 8_000;
/** Or the time it has taken. */
const enoughMs = 1_000;
/** What arrives is waited for this long, so that it comes in one transaction. */
const gatherMs = 700;
/** Deletions are noticed at the latest after this. */
const lookEveryMs = 60_000;

/** What an index must have been built from. */
export function searchIdentity(store: string): SearchIdentity {
  return { store, version: `${searchWordsVersion}.${dialectsVersion}` };
}

/** Follows a store and keeps its index up to date. */
export class Indexer implements Disposable {
  private timer: NodeJS.Timeout | undefined;
  private lookDue = 0;

  private constructor(
    private readonly feed: StoreFeed,
    private writer: SearchWriter,
    private readonly options: { readonly file: string; readonly log: Log },
  ) {}

  /** Undefined where this SQLite has no full-text search. */
  static open(options: { readonly file: string; readonly log: Log }): Indexer | undefined {
    const feed = openStoreFeed(options.file);
    try {
      const identity = searchIdentity(feed.state().store);
      const writer = SearchWriter.open(searchFileOf(options.file), identity);
      if (writer) return new Indexer(feed, writer, options);
      options.log.info('This SQLite has no full-text search: what is searched is read instead.');
    } catch (error) {
      feed.close();
      throw error;
    }
    feed.close();
    return undefined;
  }

  /** Something has changed in the store. */
  wake(delayMs = gatherMs): void {
    const due = performance.now() + delayMs;
    if (this.timer && this.lookDue <= due) return;
    clearTimeout(this.timer);
    this.lookDue = due;
    this.timer = setTimeout(() => {
      this.timer = undefined;
      this.look();
    }, delayMs);
  }

  /** Indexes for up to a second; true when all there was is indexed. */
  step(): boolean {
    const { deletions } = this.feed.state();
    return this.writer.transaction(() => {
      if (deletions !== this.writer.position.deletions) this.forgetDeleted(deletions);
      const started = performance.now();
      let documents = 0;
      for (;;) {
        const { cursor, caughtUp } = this.writer.position;
        const atEnd = this.feed.read(cursor, caughtUp, (part) => {
          documents += this.take(part);
          const reached = part.atEnd ? part.cursor : caughtUp;
          this.writer.position = { cursor: part.cursor, caughtUp: reached, deletions };
          return part.atEnd;
        });
        if (atEnd) return true;
        if (documents >= enoughDocuments || performance.now() - started >= enoughMs) return false;
      }
    });
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.writer.close();
    this.feed.close();
  }

  private look(): void {
    try {
      this.wake(this.step() ? lookEveryMs : 0);
    } catch (error) {
      this.options.log.error(toError(error));
      if (isCorruption(error)) this.beginAnew();
      this.wake(lookEveryMs);
    }
  }

  private beginAnew(): void {
    const file = searchFileOf(this.options.file);
    this.writer.close();
    deleteSearch(file);
    const writer = SearchWriter.open(file, searchIdentity(this.feed.state().store));
    if (writer) this.writer = writer;
  }

  private take({ traces }: FeedPart): number {
    return traces.reduce((sum, trace) => sum + this.writer.add(trace, searchedIn(trace)), 0);
  }

  private forgetDeleted(deletions: number): void {
    const there = new Set(this.feed.traceNumbers());
    for (const trace of this.writer.traceNumbers()) {
      if (!there.has(trace)) this.writer.forget(trace);
    }
    this.writer.position = { ...this.writer.position, deletions };
  }
}

function* searchedIn(trace: FeedTrace): Generator<SearchedObservation> {
  const scores = trace.loose.flatMap((log) => scoreOfRecord(decodeLog(log)) ?? []);
  if (scores.length > 0) yield { spanId: '', texts: [], words: [], scores };
  for (const { deliveries, logs } of trace.spans) {
    yield searchedObservation(readObservation(deliveries, logs.map(decodeLog)));
  }
}
