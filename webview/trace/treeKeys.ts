import type { TraceColumns } from '../../src/model/columns';
import { hasChildren, placeOf } from './outline';

/** What the keys of a tree mean, as in the trees of VS Code; a pure function, so that it is tested as a table. */

export type TreeAction =
  | { readonly type: 'select'; readonly row: number }
  | { readonly type: 'fold' | 'unfold'; readonly row: number }
  | { readonly type: 'unfoldSiblings'; readonly row: number }
  | { readonly type: 'find'; readonly text: string }
  | { readonly type: 'foldToDepth'; readonly levels: number }
  | { readonly type: 'details' | 'firstError' };

export interface TreePlace {
  readonly columns: TraceColumns;
  readonly folded: Uint8Array;
  readonly visible: Uint32Array;
  readonly selected: number;
  /** Rows that fit into the viewport. */
  readonly page: number;
  readonly hasError: boolean;
}

export interface Key {
  readonly key: string;
  /** Control or Command. */
  readonly control: boolean;
  readonly alt: boolean;
}

/** The action of a key, or undefined when the tree has none for it. */
export function treeAction(key: Key, place: TreePlace): TreeAction | undefined {
  if (key.alt) return undefined;
  if (key.control) {
    return key.key.toLowerCase() === 'f' ? { type: 'find', text: '' } : undefined;
  }
  const at = placeOf(place.visible, place.selected);
  switch (key.key) {
    case 'ArrowDown':
      return goTo(place, at + 1);
    case 'ArrowUp':
      return goTo(place, at - 1);
    case 'PageDown':
      return goTo(place, at + Math.max(1, place.page - 1));
    case 'PageUp':
      return goTo(place, at - Math.max(1, place.page - 1));
    case 'Home':
      return goTo(place, 0);
    case 'End':
      return goTo(place, place.visible.length - 1);
    case 'ArrowRight':
      return right(place);
    case 'ArrowLeft':
      return left(place);
    case ' ':
      return toggle(place);
    case 'Enter':
      return toggle(place) ?? { type: 'details' };
    case '*':
      return { type: 'unfoldSiblings', row: place.selected };
    default:
      return typed(key.key, place);
  }
}

function goTo(place: TreePlace, at: number): TreeAction | undefined {
  const row = place.visible[Math.min(Math.max(at, 0), place.visible.length - 1)];
  return row === undefined ? undefined : { type: 'select', row };
}

function right({ columns, folded, selected }: TreePlace): TreeAction | undefined {
  if (!hasChildren(columns, selected)) return undefined;
  return folded[selected] === 1
    ? { type: 'unfold', row: selected }
    : { type: 'select', row: selected + 1 };
}

function left({ columns, folded, selected }: TreePlace): TreeAction | undefined {
  if (hasChildren(columns, selected) && folded[selected] !== 1) {
    return { type: 'fold', row: selected };
  }
  const parent = columns.parent[selected] ?? -1;
  return parent < 0 ? undefined : { type: 'select', row: parent };
}

function toggle({ columns, folded, selected }: TreePlace): TreeAction | undefined {
  if (!hasChildren(columns, selected)) return undefined;
  return { type: folded[selected] === 1 ? 'unfold' : 'fold', row: selected };
}

/** `e` goes to the first error where there is one, a digit folds to that depth; `/` begins a search that may start with any letter. */
function typed(key: string, place: TreePlace): TreeAction | undefined {
  if (key === 'e' && place.hasError) return { type: 'firstError' };
  if (/^[1-9]$/.test(key)) return { type: 'foldToDepth', levels: Number(key) };
  if (key === '/') return { type: 'find', text: '' };
  return [...key].length === 1 ? { type: 'find', text: key } : undefined;
}
