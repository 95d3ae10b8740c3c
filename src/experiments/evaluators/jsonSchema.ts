import { Ajv, type ValidateFunction } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { EvaluatorOf } from '../experiment';
import { fail, pass, type Judgement, type Subject } from './judgement';
import { parsed } from './jsonEqual';

type Schema = EvaluatorOf<'json-schema'>['schema'];

// Schemas of APIs carry keywords and formats of their own; only what JSON schema defines is checked.
const options = { strict: false, validateFormats: false, logger: false } as const;
const compiled = new WeakMap<object, ValidateFunction>();

/** The output, also where it is JSON in a text, fits a JSON schema. */
export function jsonSchema({ schema }: EvaluatorOf<'json-schema'>, subject: Subject): Judgement {
  const validate = compileSchema(schema);
  if (validate(parsed(subject.output))) return pass('The output fits the schema.');
  const [first] = validate.errors ?? [];
  const place = first?.instancePath.slice(1).replaceAll('/', '.') || 'The output';
  return fail(`${place} ${first?.message ?? 'does not fit the schema'}.`);
}

/** Throws where the schema is none. */
export function compileSchema(schema: Schema): ValidateFunction {
  const known = typeof schema === 'object' ? compiled.get(schema) : undefined;
  if (known) return known;
  const dialect = typeof schema === 'object' ? schema.$schema : undefined;
  const isNew = typeof dialect === 'string' && /2019-09|2020-12/.test(dialect);
  const validate = (isNew ? new Ajv2020(options) : new Ajv(options)).compile(schema);
  if (typeof schema === 'object') compiled.set(schema, validate);
  return validate;
}
