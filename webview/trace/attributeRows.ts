import type { Observation } from '../../src/model/observation';
import type { Json } from '../../src/model/value';
import { toText } from '../ui/jsonShape';

/** The rows of the attributes tab: what was understood and from where, and all that was sent. */

export interface FieldRow {
  readonly field: string;
  readonly convention: string;
  readonly value: Json | undefined;
}

/** Each understood field with the convention it was read from. */
export function fieldRows(observation: Observation): readonly FieldRow[] {
  return Object.entries(observation.dialect)
    .map(([field, convention]) => ({ field, convention, value: fieldOf(observation, field) }))
    .sort((a, b) => (a.field < b.field ? -1 : 1));
}

/** Fields may be paths, such as `usage.input`. */
function fieldOf(observation: Observation, path: string): Json | undefined {
  let value: unknown = observation;
  for (const key of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = Reflect.get(value, key);
  }
  return value as Json | undefined;
}

export type AttributeRow = readonly [key: string, value: Json];

export interface AttributeGroups {
  readonly span: readonly AttributeRow[];
  readonly resource: readonly AttributeRow[];
}

const resourcePrefix = 'resource.';

/** The attributes whose key or value holds the text, in order of their keys. */
export function attributeGroups(
  attributes: Readonly<Record<string, Json>>,
  filter: string,
): AttributeGroups {
  const wanted = filter.trim().toLowerCase();
  const rows = Object.entries(attributes)
    .filter(([key, value]) => wanted === '' || holds(key, value, wanted))
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    span: rows.filter(([key]) => !key.startsWith(resourcePrefix)),
    resource: rows
      .filter(([key]) => key.startsWith(resourcePrefix))
      .map(([key, value]) => [key.slice(resourcePrefix.length), value]),
  };
}

function holds(key: string, value: Json, wanted: string): boolean {
  return key.toLowerCase().includes(wanted) || toText(value).toLowerCase().includes(wanted);
}
