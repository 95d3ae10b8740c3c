import type { Span } from '../model/span';
import type { Dialect, Facts } from './dialect';
import { mergeUsage } from './usage';

type MergedFacts = { -readonly [K in keyof Facts]: Facts[K] };

/** Called with each field that is taken, and the dialect it is taken from. */
export type TakeField = (field: string, dialect: string) => void;

/**
 * The facts of several dialects as one: of each field the first dialect that knows it, but tokens
 * bucket by bucket and tags united, because dialects complete each other there.
 */
export function mergeFacts(span: Span, speaking: readonly Dialect[], take?: TakeField): Facts {
  const merged: MergedFacts = {};
  for (const dialect of speaking) mergeInto(merged, dialect, { facts: dialect.facts(span), take });
  return merged;
}

function mergeInto(
  merged: MergedFacts,
  { name }: Dialect,
  { facts, take }: { readonly facts: Facts; readonly take: TakeField | undefined },
): void {
  for (const key in facts) {
    const field = key as keyof Facts;
    const value = facts[field];
    if (value === undefined) continue;
    if (merged[field] === undefined) {
      (merged as Record<string, unknown>)[field] = value;
      if (isTold(field, merged)) take?.(fieldOf(field), name);
    } else if (field === 'usage') merged.usage = mergeUsage(merged.usage, facts.usage);
    else if (field === 'tags')
      merged.tags = [...new Set([...(merged.tags ?? []), ...(facts.tags ?? [])])];
  }
}

/** True where a fact becomes a field of the observation. */
function isTold(fact: keyof Facts, { kind }: Facts): boolean {
  return fact === 'likelyKind' ? kind === undefined : fact !== 'join';
}

/** The field of an observation that a fact ends in. */
function fieldOf(fact: keyof Facts): string {
  if (fact === 'likelyKind') return 'kind';
  return fact === 'failure' ? 'statusMessage' : fact;
}
