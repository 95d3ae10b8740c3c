import { existsSync, statSync } from 'node:fs';
import type { FoundTraces, SearchPosition, TracePlace, Wanted } from '../search';
import type { Connection, SqlRow, SqlValue } from './connection';
import { openSearchToRead, readPosition, type SearchIdentity } from './searchSchema';

/** Up to this many documents a word counts as rare: all traces that hold it are looked up. */
const rareDocuments = 1_000;
/** Traces looked at in one step for words that are not rare; the steps grow. */
const firstBlock = 64;
const largestBlock = 512;
/** An answer is given after this at the latest, for what has been looked at until then. */
const longestMs = 30;
/** Documents of other traces between those of a block that are read rather than stepped over. */
const smallGap = 2_000;

/** Numbers are bound as floating ones, which FTS5 takes for no bound at all. */
const between = 'f.rowid BETWEEN CAST(? AS INTEGER) AND CAST(? AS INTEGER)';

interface IndexedTrace extends TracePlace {
  readonly id: number;
  readonly first: number;
  readonly last: number;
}

/** Asks an index. Its answers may lack what has arrived since its position. */
export class SearchReader {
  private constructor(
    private readonly connection: Connection,
    private readonly file: { readonly path: string; readonly inode: number },
  ) {}

  /** Undefined where there is no index of this identity yet. */
  static open(path: string, identity: SearchIdentity): SearchReader | undefined {
    if (!existsSync(path)) return undefined;
    const inode = inodeOf(path);
    const connection = openSearchToRead(path, identity);
    return connection && new SearchReader(connection, { path, inode });
  }

  /** False where another file has taken the place of this one. */
  get isCurrent(): boolean {
    return inodeOf(this.file.path) === this.file.inode;
  }

  get position(): SearchPosition {
    return readPosition(this.connection);
  }

  /** Traces that begin before the place and are wanted, newest first: `enough`, or for as long as that takes. */
  find(
    wanted: Wanted,
    { before, enough }: { readonly before?: TracePlace; readonly enough: number },
  ): FoundTraces {
    return this.connection.snapshot(() => {
      const rare = this.rare(wanted);
      if (rare) return { traceIds: this.exactly(wanted, this.tracesOf(rare)) };
      const until = performance.now() + longestMs;
      const found: string[] = [];
      let from = before;
      for (let size = firstBlock; ; size = Math.min(size * 2, largestBlock)) {
        const block = this.block(from, size);
        const within = this.within(wanted, block);
        found.push(...idsIn(block, within));
        from = block.at(-1);
        if (!from || block.length < size) return { traceIds: found };
        if (found.length >= enough || performance.now() > until) {
          return { traceIds: found, next: { startTime: from.startTime, traceId: from.traceId } };
        }
      }
    });
  }

  /** Observations of a trace one of whose texts holds all the words. */
  spanIds(words: Wanted & { type: 'words' }, traceId: string): readonly string[] {
    const place = 'SELECT id, first, last FROM traces WHERE trace_id = ?';
    const [trace = 0, first = 0, last = 0] = (this.connection.get(place, traceId) ?? []).map(
      Number,
    );
    const rows = this.connection.all(
      `SELECT DISTINCT d.span FROM texts f JOIN docs d ON d.id = f.rowid
       WHERE f.texts MATCH ? AND ${between} AND d.trace = ?`,
      ...[matchOf(words), first, last, trace],
    );
    return rows.map(([span]) => String(span));
  }

  close(): void {
    this.connection.close();
  }

  private exactly(wanted: Wanted, rare: readonly IndexedTrace[]): readonly string[] {
    if (!hasNot(wanted)) return rare.map(({ traceId }) => traceId);
    return idsIn(rare, this.within(wanted, rare));
  }

  /** All traces that are wanted, and maybe more, by their numbers; undefined where they may be many. */
  private rare(wanted: Wanted): ReadonlySet<number> | undefined {
    switch (wanted.type) {
      case 'words': {
        const rows = this.connection.all(
          `SELECT d.trace FROM (SELECT rowid AS id FROM texts WHERE texts MATCH ? LIMIT ?) f
           JOIN docs d ON d.id = f.id`,
          ...[matchOf(wanted), rareDocuments + 1],
        );
        return rows.length > rareDocuments ? undefined : numbersIn(rows);
      }
      case 'score': {
        const { sql, values } = scoreCondition(wanted);
        const rows = this.connection.all(
          `SELECT trace FROM scores WHERE ${sql} LIMIT ?`,
          ...[...values, rareDocuments + 1],
        );
        if (rows.length > rareDocuments) return undefined;
        return new Set([...numbersIn(rows), ...this.numbersOf(wanted.also)]);
      }
      case 'not':
        return undefined;
      case 'and': {
        const sets = wanted.operands.flatMap((operand) => this.rare(operand) ?? []);
        return sets.length === 0 ? undefined : sets.reduce(intersection);
      }
      case 'or': {
        const sets = wanted.operands.map((operand) => this.rare(operand));
        const known = sets.flatMap((set) => set ?? []);
        return known.length < sets.length ? undefined : union(known);
      }
    }
  }

  private within(wanted: Wanted, block: readonly IndexedTrace[]): ReadonlySet<number> {
    switch (wanted.type) {
      case 'words':
        return this.holding(wanted, block);
      case 'score': {
        const { sql, values } = scoreCondition(wanted);
        const ids = JSON.stringify(block.map(({ id }) => id));
        const rows = this.connection.all(
          `SELECT trace FROM scores WHERE trace IN (SELECT value FROM json_each(?)) AND ${sql}`,
          ...[ids, ...values],
        );
        return new Set([...numbersIn(rows), ...this.numbersOf(wanted.also)]);
      }
      case 'not': {
        const without = this.within(wanted.operand, block);
        return new Set(block.flatMap(({ id }) => (without.has(id) ? [] : id)));
      }
      case 'and': {
        const sets = wanted.operands.map((operand) => this.within(operand, block));
        return sets.reduce(intersection);
      }
      case 'or':
        return union(wanted.operands.map((operand) => this.within(operand, block)));
    }
  }

  private holding(
    words: Wanted & { type: 'words' },
    block: readonly IndexedTrace[],
  ): ReadonlySet<number> {
    return union(
      rangesOf(block).map(({ first, last }) =>
        numbersIn(
          this.connection.all(
            `SELECT DISTINCT d.trace FROM texts f JOIN docs d ON d.id = f.rowid
             WHERE f.texts MATCH ? AND ${between}`,
            ...[matchOf(words), first, last],
          ),
        ),
      ),
    );
  }

  private block(before: TracePlace | undefined, limit: number): readonly IndexedTrace[] {
    return this.connection
      .all(
        `SELECT id, trace_id, start, first, last FROM traces WHERE (start, trace_id) < (?, ?)
         ORDER BY start DESC, trace_id DESC LIMIT ?`,
        ...[before?.startTime ?? Number.MAX_VALUE, before?.traceId ?? '', limit],
      )
      .map(indexedTrace);
  }

  private tracesOf(numbers: ReadonlySet<number>): readonly IndexedTrace[] {
    return this.connection
      .all(
        `SELECT id, trace_id, start, first, last FROM traces
         WHERE id IN (SELECT value FROM json_each(?))`,
        JSON.stringify([...numbers]),
      )
      .map(indexedTrace);
  }

  private numbersOf(traceIds: readonly string[]): ReadonlySet<number> {
    if (traceIds.length === 0) return new Set();
    const rows = this.connection.all(
      'SELECT id FROM traces WHERE trace_id IN (SELECT value FROM json_each(?))',
      JSON.stringify(traceIds),
    );
    return numbersIn(rows);
  }
}

function indexedTrace([id, traceId, start, first, last]: SqlRow): IndexedTrace {
  return {
    ...{ id: Number(id), traceId: String(traceId), startTime: Number(start) },
    ...{ first: Number(first), last: Number(last) },
  };
}

function idsIn(block: readonly IndexedTrace[], wanted: ReadonlySet<number>): readonly string[] {
  return block.flatMap(({ id, traceId }) => (wanted.has(id) ? traceId : []));
}

function hasNot(wanted: Wanted): boolean {
  if (wanted.type === 'and' || wanted.type === 'or') return wanted.operands.some(hasNot);
  return wanted.type === 'not';
}

/** The words in the language of FTS5; quoted, none of them is an operator. */
function matchOf({ words, open }: Wanted & { type: 'words' }): string {
  return `${words.map((word) => `"${word}"`).join(' AND ')}${open ? '*' : ''}`;
}

function scoreCondition({ name, comparison, value }: Wanted & { type: 'score' }): {
  readonly sql: string;
  readonly values: readonly SqlValue[];
} {
  const named = name === undefined ? [] : [name];
  const ofName = name === undefined ? '' : 'name = ? AND ';
  if (typeof value === 'string') {
    const like = value.replace(/[\\%_]/g, '\\$&').replaceAll('*', '%');
    return comparison === ':'
      ? { sql: `${ofName}label LIKE ? ESCAPE '\\'`, values: [...named, like] }
      : { sql: `${ofName}label = ?`, values: [...named, value] };
  }
  const operator = comparison === ':' ? '=' : comparison;
  return { sql: `${ofName}value ${operator} ?`, values: [...named, value] };
}

/** Where the documents of the traces lie, as few ranges. */
function rangesOf(
  block: readonly IndexedTrace[],
): readonly { readonly first: number; readonly last: number }[] {
  const ranges: { first: number; last: number }[] = [];
  for (const { first, last } of [...block].sort((a, b) => a.first - b.first)) {
    const open = ranges.at(-1);
    if (open && first <= open.last + smallGap) open.last = Math.max(open.last, last);
    else ranges.push({ first, last });
  }
  return ranges;
}

function numbersIn(rows: readonly (readonly unknown[])[]): ReadonlySet<number> {
  return new Set(rows.map(([value]) => Number(value)));
}

function intersection(a: ReadonlySet<number>, b: ReadonlySet<number>): ReadonlySet<number> {
  return new Set([...a].filter((number) => b.has(number)));
}

function union(sets: readonly ReadonlySet<number>[]): ReadonlySet<number> {
  return new Set(sets.flatMap((set) => [...set]));
}

function inodeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.ino ?? 0;
}
