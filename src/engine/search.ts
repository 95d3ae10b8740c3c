import { setImmediate } from 'node:timers/promises';
import type { FieldTest, Filter } from '../model/filter';
import { matchesScores } from '../model/filterContent';
import { searchable } from '../model/filterMatch';
import type { ObservationSummary, Score } from '../model/observation';
import { shownScore } from '../model/score';
import type { TraceSummary } from '../model/trace';
import { phraseFinder, phraseOf } from '../model/words';
import type { StoreFeed } from '../store/feed';
import type { TracePlace } from '../store/search';
import { openStoreFeed } from '../store/sqlite/feed';
import { SearchReader } from '../store/sqlite/searchReader';
import { searchFileOf } from '../store/sqlite/searchSchema';
import type { TraceQuery, TraceScore, TraceStore } from '../store/traceStore';
import { searchIdentity } from './indexer';
import type { ObservationReader } from './observations';
import { matchesWithContent, type Hint } from './searchMatch';
import { planSearch, wantedOf, type SearchPlan } from './searchPlan';
import { snippetOf, type Snippet } from './snippet';
import type { SearchLag, TracePart } from './services';

/** One part of a search takes about this long; then others are asked in between. */
const partMs = 60;
/** Traces looked into one by one that are listed at a time. */
const scanPage = 20;
/** Traces that may wait to be indexed before the index is no help. */
const waitingLimit = 500;
/** Rows of a huge trace are read in steps. */
const rowPage = 2_000;

/** An index as it stands, and the traces it does not know all of. */
interface Index {
  readonly reader: SearchReader;
  readonly waiting: ReadonlySet<string>;
}

export interface SearchOptions {
  readonly file: string;
  readonly store: TraceStore;
  readonly observations: ObservationReader;
}

/**
 * Finds traces by what their observations hold. The index names candidates; those that it cannot
 * decide, and all that has arrived since it was written, are read. Without an index every trace
 * that the rows allow is read, the newest first.
 */
export class TraceSearch {
  private feed: StoreFeed | undefined;
  private reader: SearchReader | undefined;

  constructor(private readonly options: SearchOptions) {}

  /** What was found within one short piece of work, and where to go on. */
  async find(query: TraceQuery, filter: Filter): Promise<TracePart> {
    const scores = await this.scores(filter);
    const plan = planSearch(filter, (test) => scoredBy(test, scores));
    const { wanted } = plan;
    const index = wanted && this.index();
    if (!index) return this.scan(query, { filter, plan });
    const { before } = query;
    const limit = plan.exact ? query.limit : Math.max(query.limit, scanPage);
    const found = this.asked(() => index.reader.find(wanted, { before, enough: limit + 1 }));
    if (!found) return this.scan(query, { filter, plan });
    const traceIds = [...new Set([...found.traceIds, ...index.waiting])];
    const rows = { ...query, filter: plan.rows, limit, traceIds };
    const listed = await this.options.store.traces(rows);
    const end = found.next;
    const within = end ? listed.filter((trace) => compareNewest(trace, end) <= 0) : listed;
    const part = await this.verify(within, { filter, plan, index, enough: query.limit });
    if (part.next) return part;
    return { ...part, next: within.length === limit ? placeOf(within.at(-1)) : end };
  }

  async all(query: TraceQuery, filter: Filter): Promise<readonly TraceSummary[]> {
    const found: TraceSummary[] = [];
    let { before } = query;
    for (;;) {
      const limit = query.limit - found.length;
      const part = await this.find({ ...query, before, limit }, filter);
      found.push(...part.traces);
      if (!part.next || found.length >= query.limit) return found.slice(0, query.limit);
      before = part.next;
      await setImmediate();
    }
  }

  lag(): SearchLag {
    const index = this.index();
    return index ? { indexed: true, traces: index.waiting.size } : { indexed: false, traces: 0 };
  }

  /** The place in a trace that meets the first text of the filter that it meets. */
  async snippet(trace: TraceSummary, filter: Filter): Promise<Snippet | undefined> {
    const index = this.index();
    for (const term of searchable(filter)) {
      if (term.type !== 'text') continue;
      const finder = phraseFinder(phraseOf(term.text));
      const hint = index && this.hint(term, trace, index);
      const rows = hint?.complete ? [] : await this.rows(trace);
      const spanIds = [...(hint?.spanIds ?? []), ...rows.map(({ spanId }) => spanId)];
      for (let at = 0; at < spanIds.length; at += scanPage) {
        const page = spanIds.slice(at, at + scanPage);
        const read = await this.options.observations.observations(trace, page);
        for (const observation of read) {
          const snippet = snippetOf(observation, finder);
          if (snippet) return snippet;
        }
      }
    }
    return undefined;
  }

  close(): void {
    this.reader?.close();
    this.feed?.close();
    this.reader = undefined;
    this.feed = undefined;
  }

  private async scan(
    query: TraceQuery,
    { filter, plan }: { readonly filter: Filter; readonly plan: SearchPlan },
  ): Promise<TracePart> {
    const page = { ...query, filter: plan.rows, limit: scanPage };
    const listed = await this.options.store.traces(page);
    const part = await this.verify(listed, { filter, plan, enough: query.limit });
    if (part.next || listed.length < scanPage) return part;
    return { ...part, next: placeOf(listed.at(-1)) };
  }

  /** Keeps what meets the filter, for as long as a part may take. */
  private async verify(
    listed: readonly TraceSummary[],
    options: {
      readonly filter: Filter;
      readonly plan: SearchPlan;
      readonly index?: Index;
      readonly enough?: number;
    },
  ): Promise<TracePart> {
    const { filter, plan, index, enough = Infinity } = options;
    const until = performance.now() + partMs;
    const traces: TraceSummary[] = [];
    let looked = 0;
    for (const trace of listed) {
      const decided = plan.exact && index && !index.waiting.has(trace.traceId);
      if (decided || (await this.meets(trace, filter, index))) traces.push(trace);
      looked++;
      const over = !decided && performance.now() > until;
      if (looked < listed.length && (over || traces.length >= enough)) {
        return { traces, looked, next: placeOf(trace) };
      }
    }
    return { traces, looked };
  }

  private async meets(
    trace: TraceSummary,
    filter: Filter,
    index: Index | undefined,
  ): Promise<boolean> {
    return matchesWithContent(filter, {
      trace,
      rows: await this.rows(trace),
      scores: await this.givenScores(trace, filter),
      reader: this.options.observations,
      hint: (term) => index && this.hint(term, trace, index),
      now: Date.now() * 1000,
    });
  }

  /** Scores given by hand of all traces, where the filter asks for any. */
  private async scores(filter: Filter): Promise<readonly TraceScore[]> {
    return asksForScores(filter) ? this.options.store.allScores() : [];
  }

  private async givenScores(trace: TraceSummary, filter: Filter): Promise<readonly Score[]> {
    if (!asksForScores(filter)) return [];
    return (await this.options.store.scores(trace.traceId)).map(shownScore);
  }

  private hint(term: Filter, trace: TraceSummary, index: Index): Hint | undefined {
    const wanted = wantedOf(term, () => []);
    const ways = wanted?.type === 'or' ? wanted.operands : wanted ? [wanted] : [];
    const spanIds = this.asked(() =>
      ways.flatMap((way) => (way.type === 'words' ? index.reader.spanIds(way, trace.traceId) : [])),
    );
    if (!spanIds || ways.length === 0) return undefined;
    const complete = term.type === 'text' && !trace.joined && !index.waiting.has(trace.traceId);
    return { spanIds, complete };
  }

  private async rows(trace: TraceSummary): Promise<readonly ObservationSummary[]> {
    const { store, observations } = this.options;
    if (trace.joined || trace.observationCount <= rowPage) return observations.rows(trace);
    const rows: ObservationSummary[] = [];
    for (;;) {
      const page = await store.rows(trace.traceId, { limit: rowPage, after: rows.at(-1) });
      rows.push(...page);
      if (page.length < rowPage) return rows;
      await setImmediate();
    }
  }

  /** Undefined where there is no index, or too much has arrived since. */
  private index(): Index | undefined {
    const { file } = this.options;
    return this.asked(() => {
      this.feed ??= openStoreFeed(file);
      if (this.reader && !this.reader.isCurrent) {
        this.reader.close();
        this.reader = undefined;
      }
      const { store } = this.feed.state();
      this.reader ??= SearchReader.open(searchFileOf(file), searchIdentity(store));
      if (!this.reader) return undefined;
      const { cursor, caughtUp } = this.reader.position;
      const waiting = this.feed.waiting(cursor, caughtUp, waitingLimit);
      return waiting && { reader: this.reader, waiting: new Set(waiting) };
    });
  }

  /** An index that fails, as one does that is being built anew, is done without. */
  private asked<T>(question: () => T | undefined): T | undefined {
    try {
      return question();
    } catch {
      this.reader?.close();
      this.reader = undefined;
      return undefined;
    }
  }
}

function asksForScores(filter: Filter): boolean {
  return searchable(filter).some((term) => term.type === 'field' && term.field === 'score');
}

function scoredBy(test: FieldTest, scores: readonly TraceScore[]): readonly string[] {
  const meeting = scores.filter((score) => matchesScores(test, [shownScore(score)]));
  return [...new Set(meeting.map(({ traceId }) => traceId))];
}

/** Where a list goes on behind a trace. */
export function placeOf(trace: TraceSummary | undefined): TracePlace | undefined {
  return trace && { startTime: trace.startTime, traceId: trace.traceId };
}

/** The order of lists: newest first, then by id downwards. */
function compareNewest(a: TracePlace, b: TracePlace): number {
  return b.startTime - a.startTime || (a.traceId < b.traceId ? 1 : a.traceId > b.traceId ? -1 : 0);
}
