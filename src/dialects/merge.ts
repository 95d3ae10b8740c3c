import type { Span } from '../model/span';
import type { Dialect, Facts } from './dialect';
import { mergeUsage } from './usage';

export interface MergedFacts {
  readonly facts: Facts;
  /** Field → the dialect that gave it. */
  readonly dialect: Record<string, string>;
}

/**
 * The facts of several dialects as one: of each field the first dialect that knows it, but tokens
 * bucket by bucket and tags united, because dialects complete each other there.
 */
export function mergeFacts(span: Span, speaking: readonly Dialect[]): MergedFacts {
  const merged: Record<string, unknown> = {};
  const dialect: Record<string, string> = {};
  const all = speaking.map((one) => ({ name: one.name, facts: one.facts(span) }));
  for (const { name, facts } of all) {
    for (const [key, value] of Object.entries(facts)) {
      if (value === undefined || merged[key] !== undefined) continue;
      merged[key] = value;
      if (key !== 'likelyKind' && key !== 'failure') dialect[key] = name;
      else if (key === 'likelyKind') dialect.kind ??= name;
    }
  }
  const usage = all.reduce(
    (sum: Facts['usage'], { facts }) => mergeUsage(sum, facts.usage),
    undefined,
  );
  if (usage) merged.usage = usage;
  const tags = new Set(all.flatMap(({ facts }) => facts.tags ?? []));
  if (tags.size > 0) merged.tags = [...tags];
  return { facts: merged, dialect };
}
