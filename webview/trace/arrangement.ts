import { isRecord } from '../../src/model/value';

/**
 * What the page remembers of itself: where the reader is and how things are arranged, never
 * data. It is written by an earlier version of this page, so every field is checked.
 */

export const tabIds = ['conversation', 'content', 'attributes', 'events'] as const;
export type TabId = (typeof tabIds)[number];

export const viewIds = ['tree', 'graph'] as const;
export type ViewId = (typeof viewIds)[number];

export interface Arrangement {
  readonly layout: ViewId;
  readonly selected?: string;
  readonly tab: TabId;
  /** Share of the page the tree has, 0 to 1. */
  readonly split: number;
  /** Share of the tree its names have, 0 to 1. */
  readonly names: number;
  /** Message text as it came rather than as markdown. */
  readonly raw: boolean;
  /** Shows the critical path. */
  readonly path: boolean;
  readonly folded: readonly string[];
}

export const defaultArrangement: Arrangement = {
  layout: 'tree',
  tab: 'conversation',
  split: 0.58,
  names: 0.4,
  raw: false,
  path: false,
  folded: [],
};

/** Folds beyond this many are not worth the time they take to remember. */
export const foldLimit = 2000;

export function readArrangement(stored: unknown): Arrangement {
  if (!isRecord(stored)) return defaultArrangement;
  const { layout, selected, tab, split, names, raw, path, folded } = stored;
  return {
    selected: typeof selected === 'string' ? selected : undefined,
    layout: viewIds.find((id) => id === layout) ?? defaultArrangement.layout,
    tab: tabIds.find((id) => id === tab) ?? defaultArrangement.tab,
    split: share(split) ?? defaultArrangement.split,
    names: share(names) ?? defaultArrangement.names,
    raw: raw === true,
    path: path === true,
    folded: Array.isArray(folded)
      ? folded.filter((id) => typeof id === 'string').slice(0, foldLimit)
      : [],
  };
}

function share(value: unknown): number | undefined {
  return typeof value === 'number' && value > 0.05 && value < 0.95 ? value : undefined;
}
