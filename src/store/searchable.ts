import { UserError } from '../base/errors';
import type { Filter } from '../model/filter';
import { searchable, type SearchTerm } from '../model/filterMatch';

/** Throws a `UserError` with the position of the first term that rows cannot answer. */
export function refuseUnsearchable(filter: Filter): void {
  const [term] = searchable(filter);
  if (!term) return;
  const position = String(term.position + 1);
  throw new UserError(`${nameOf(term)} is not searchable yet (at position ${position}).`);
}

function nameOf(term: SearchTerm): string {
  if (term.type === 'text') return `Text ("${term.text}")`;
  return term.key === undefined ? `'${term.field}'` : `'${term.field}.${term.key}'`;
}
