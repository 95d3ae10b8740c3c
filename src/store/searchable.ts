import { UserError } from '../base/errors';
import type { Filter } from '../model/filter';

/** Rejects, with its position, the first term that asks for what the stores have no rows of. */
export function refuseUnsearchable(filter: Filter): void {
  switch (filter.type) {
    case 'and':
    case 'or':
      filter.operands.forEach(refuseUnsearchable);
      return;
    case 'not':
    case 'span':
      refuseUnsearchable(filter.operand);
      return;
    case 'text':
      throw notYet(`Text ("${filter.text}")`, filter.position);
    case 'field':
      if (['attr', 'metadata', 'score'].includes(filter.field)) {
        const name = filter.key === undefined ? filter.field : `${filter.field}.${filter.key}`;
        throw notYet(name, filter.position);
      }
  }
}

function notYet(what: string, position: number): UserError {
  return new UserError(`${what} is not searchable yet (at position ${String(position + 1)}).`);
}
