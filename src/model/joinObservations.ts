import type { Observation, ObservationSummary } from './observation';

/**
 * The spans of one observation as one: of each field the first part that has it, except that an
 * answer is sought in the last. `row` is what `joinRows` made of their rows.
 */
export function joinObservations(
  row: ObservationSummary,
  own: Observation,
  others: readonly Observation[],
): Observation {
  const { ai: _ai, traceName: _traceName, join: _join, ...scalars } = row;
  const parts = [own, ...others];
  const joined = [...parts]
    .reverse()
    .reduce((all, part) => ({ ...all, ...withoutUndefined(part) }));
  return {
    ...joined,
    ...scalars,
    metadata: united(parts.map(({ metadata }) => metadata)),
    modelParameters: united(parts.map(({ modelParameters }) => modelParameters)),
    events: parts.flatMap(({ events }) => events).sort((a, b) => a.time - b.time),
    links: parts.flatMap(({ links }) => links),
    dialect: united(parts.map(({ dialect }) => dialect)) ?? {},
    attributes: united(parts.map(({ attributes }) => attributes)) ?? {},
  };
}

/** The members of all; of two of one name the earlier one's. */
function united<T>(
  records: readonly (Readonly<Record<string, T>> | undefined)[],
): Readonly<Record<string, T>> | undefined {
  const known = records.filter((record) => record !== undefined);
  if (known.length === 0) return undefined;
  return Object.assign({}, ...known.reverse()) as Readonly<Record<string, T>>;
}

function withoutUndefined<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as T;
}
