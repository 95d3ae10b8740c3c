import { isRecord, type Json } from '../model/value';
import type { FrontMatter } from './frontMatter';
import type { Problem } from './problem';

/** A variable that the front matter declares, in `input.schema` or by a default. */
export interface PromptVariable {
  readonly name: string;
  /** `string`, `number`, `integer`, `boolean`, `array`, `object`, `enum`; absent for any. */
  readonly type?: string;
  readonly description?: string;
  readonly optional: boolean;
  readonly default?: Json;
  /** Where it is declared, as offsets in the file. */
  readonly start: number;
  readonly end: number;
}

export interface DeclaredVariables {
  readonly variables: readonly PromptVariable[];
  readonly problems: readonly Problem[];
}

/** Reads `input.schema`, JSON schema or picoschema, and `input.default`. Never throws. */
export function declaredVariables(matter: FrontMatter): DeclaredVariables {
  const { input } = matter.values;
  if (input === undefined || input === null) return { variables: [], problems: [] };
  if (!isRecord(input)) return { variables: [], problems: [wrong(matter, ['input'])] };
  const { schema = {}, default: defaults = {} } = input as Record<string, Json | undefined>;
  const problems = [
    ...(isMap(schema) ? [] : [wrong(matter, ['input', 'schema'])]),
    ...(isMap(defaults) ? [] : [wrong(matter, ['input', 'default'])]),
  ];
  const byName = new Map<string, PromptVariable>();
  if (isMap(schema)) {
    for (const variable of ofSchema(schema, matter)) byName.set(variable.name, variable);
  }
  for (const [name, value] of Object.entries(isMap(defaults) ? defaults : {})) {
    const place = matter.locate('input', 'default', name);
    const before = byName.get(name) ?? { name, ...place };
    byName.set(name, { ...before, optional: true, default: value });
  }
  return { variables: [...byName.values()], problems };
}

/** A value typed as text, as the variable's type wants it; the text itself where it does not parse. */
export function valueOfText(variable: PromptVariable | undefined, text: string): Json {
  if (variable?.type === undefined || ['string', 'enum', 'any'].includes(variable.type))
    return text;
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}

function* ofSchema(schema: Fields, matter: FrontMatter): Generator<PromptVariable> {
  const { properties, required } = schema;
  if (isMap(properties)) {
    const needed: readonly unknown[] = Array.isArray(required) ? (required as unknown[]) : [];
    for (const [name, property] of Object.entries(properties)) {
      const place = matter.locate('input', 'schema', 'properties', name);
      yield { name, ...ofProperty(property), optional: !needed.includes(name), ...place };
    }
    return;
  }
  for (const [key, value] of Object.entries(schema)) {
    const [, name = key, mark, form] = /^([^(?]+)(\??)(?:\((.*)\))?$/.exec(key) ?? [];
    if (key === '(*)') continue;
    const written = form ?? (typeof value === 'string' ? value : 'object');
    const [type = '', ...description] = written.split(/, */);
    const place = matter.locate('input', 'schema', key);
    yield {
      ...{ name, type: type.trim(), optional: mark === '?' },
      ...(description.length > 0 && { description: description.join(', ') }),
      ...place,
    };
  }
}

function ofProperty(property: Json): { type?: string; description?: string; default?: Json } {
  if (!isMap(property)) return {};
  const { type, description, default: value } = property;
  return {
    ...(typeof type === 'string' && { type }),
    ...(typeof description === 'string' && { description }),
    ...(value !== undefined && { default: value }),
  };
}

type Fields = Readonly<Record<string, Json>>;

function isMap(value: Json | undefined): value is Fields {
  return isRecord(value);
}

function wrong(matter: FrontMatter, path: readonly string[]): Problem {
  const message = `'${path.join('.')}' must be a map of names and values.`;
  return { severity: 'error', message, ...matter.locate(...path) };
}
