import { closeSync, fdatasyncSync, openSync, rmSync, writeSync } from 'node:fs';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { constants, zstdCompressSync } from 'node:zlib';
import type { Span } from '../src/model/span';
import { decodeTraces, type DecodedSpan } from '../src/otlp/decode';
import { maskTraces } from '../src/otlp/mask';

/** What the ingest is measured against, over the same bytes in the same run. */

export interface Baseline {
  readonly name: string;
  /** Takes one request; when it returns, the request is as durable as the baseline makes it. */
  add(body: Uint8Array): void;
  close(): void;
}

/** Milliseconds that each part of the limit took. */
export interface LimitParts {
  mask: number;
  decode: number;
  compress: number;
  write: number;
}

/**
 * The least that a store with these properties can do: mask, decode, compress as one piece, write
 * and flush. Nothing can be found in it again.
 */
export function openLimit(file: string): Baseline & { readonly parts: LimitParts } {
  const descriptor = openSync(file, 'w');
  const parts = { mask: 0, decode: 0, compress: 0, write: 0 };
  return {
    name: 'mask + decode + zstd + write + flush',
    parts,
    add: (body) => {
      const times = [performance.now()];
      maskTraces(body);
      times.push(performance.now());
      decode(body);
      times.push(performance.now());
      const level = { [constants.ZSTD_c_compressionLevel]: 1 };
      const packed = zstdCompressSync(body, { params: level });
      times.push(performance.now());
      writeSync(descriptor, packed);
      fdatasyncSync(descriptor);
      times.push(performance.now());
      const took = (i: number) => (times[i + 1] ?? 0) - (times[i] ?? 0);
      parts.mask += took(0);
      parts.decode += took(1);
      parts.compress += took(2);
      parts.write += took(3);
    },
    close: () => {
      closeSync(descriptor);
      rmSync(file);
    },
  };
}

/**
 * The common layout: a row a span, its attributes as JSON text, in the same SQLite with the same
 * settings and one transaction a request. It masks nothing, derives nothing, and forgets the resource.
 */
export function openJsonRows(file: string): Baseline {
  const database = new DatabaseSync(file);
  database.exec(`
    PRAGMA page_size = 8192; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;
    PRAGMA wal_autocheckpoint = 4000;
    CREATE TABLE spans (
      trace_id TEXT NOT NULL, span_id TEXT NOT NULL, parent_id TEXT, name TEXT NOT NULL,
      start_time INTEGER NOT NULL, end_time INTEGER, status TEXT, model TEXT, tokens INTEGER,
      attributes TEXT NOT NULL, events TEXT NOT NULL, UNIQUE (trace_id, span_id));
    CREATE INDEX spans_by_start ON spans (start_time);`);
  const insert = database.prepare(
    'INSERT OR REPLACE INTO spans VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
  );
  return {
    name: 'a row with a JSON column',
    add: (body) => {
      database.exec('BEGIN');
      for (const { span } of decode(body)) insertSpan(insert, span);
      database.exec('COMMIT');
    },
    close: () => {
      database.close();
      for (const suffix of ['', '-wal', '-shm']) rmSync(file + suffix, { force: true });
    },
  };
}

function insertSpan(insert: StatementSync, span: Span): void {
  const attributes = objectOf(span.attributes);
  const tokens = attributes['gen_ai.usage.input_tokens'];
  const model = attributes['gen_ai.request.model'];
  insert.run(
    ...[span.traceId, span.spanId, span.parentSpanId ?? null, span.name],
    ...[span.startTime, span.endTime ?? null, span.status],
    ...[typeof model === 'string' ? model : null, typeof tokens === 'number' ? tokens : null],
    JSON.stringify(attributes),
    JSON.stringify(
      span.events.map((event) => ({ ...event, attributes: objectOf(event.attributes) })),
    ),
  );
}

function objectOf(attributes: Span['attributes']): Readonly<Record<string, unknown>> {
  return Object.fromEntries([...attributes.keys()].map((key) => [key, attributes.get(key)]));
}

function decode(body: Uint8Array): readonly DecodedSpan[] {
  const decoded = decodeTraces(body);
  if ('malformed' in decoded) throw new Error(decoded.malformed);
  return decoded.items;
}
