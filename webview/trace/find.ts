import type { TraceColumns } from '../../src/model/columns';

/** Finding rows by a part of their name or detail. Texts are shared, so each is looked at once. */

/** Rows, in tree order, whose name or detail holds the text; case does not matter. */
export function findRows(columns: TraceColumns, text: string): Uint32Array {
  const wanted = text.toLowerCase();
  if (wanted === '') return new Uint32Array(0);
  const hits = Uint8Array.from(columns.texts, (candidate) =>
    Number(candidate.toLowerCase().includes(wanted)),
  );
  const rows = new Uint32Array(columns.count);
  let found = 0;
  for (let row = 0; row < columns.count; row++) {
    if (hits[columns.name[row] ?? 0] === 1 || hits[columns.detail[row] ?? 0] === 1) {
      rows[found++] = row;
    }
  }
  return rows.subarray(0, found);
}

/** The first match at or after a row, going round; `direction` -1 looks upward from before it. */
export function nextMatch(rows: Uint32Array, from: number, direction: 1 | -1): number {
  if (rows.length === 0) return -1;
  if (direction === 1) return rows.find((row) => row >= from) ?? rows[0] ?? -1;
  return rows.findLast((row) => row <= from) ?? rows[rows.length - 1] ?? -1;
}

export interface Piece {
  readonly text: string;
  readonly hit: boolean;
}

/** A text cut at its first match, for highlighting. */
export function highlight(text: string, wanted: string): readonly Piece[] {
  const at = wanted === '' ? -1 : text.toLowerCase().indexOf(wanted.toLowerCase());
  if (at < 0) return [{ text, hit: false }];
  return [
    { text: text.slice(0, at), hit: false },
    { text: text.slice(at, at + wanted.length), hit: true },
    { text: text.slice(at + wanted.length), hit: false },
  ].filter((piece) => piece.text !== '');
}
