import { Ajv, type ErrorObject } from 'ajv';
import { toError } from '../base/errors';
import { isRecord } from '../model/value';
import { parseAssertion } from './evaluators/assert';
import { compileSchema } from './evaluators/jsonSchema';
import type { Experiment, EvaluatorSpec, Gate, Target } from './experiment';
import experimentSchema from './experiment.schema.json';

/** `experiment` is absent where something is wrong; each problem is a sentence with its place. */
export interface ExperimentFile {
  readonly experiment?: Experiment;
  readonly problems: readonly string[];
}

/** What a file may leave out. */
interface WrittenExperiment {
  readonly dataset: string;
  readonly target: Target;
  readonly repeat?: number;
  readonly concurrency?: number;
  readonly timeoutMs?: number;
  readonly budget?: number;
  readonly seed?: number;
  readonly evaluators: readonly (Partial<EvaluatorSpec> & Pick<EvaluatorSpec, 'type'>)[];
  readonly gate?: Gate;
}

const validate = new Ajv({ allErrors: true, strict: false, logger: false }).compile(
  experimentSchema,
);

/** Reads the text of an `*.experiment.json` file; never throws. */
export function parseExperiment(name: string, text: string): ExperimentFile {
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    return { problems: [`The file is not JSON: ${toError(error).message}`] };
  }
  if (!validate(value)) return { problems: sentences(validate.errors ?? [], value) };
  const written = value as unknown as WrittenExperiment;
  const evaluators = written.evaluators.map(
    (spec) => ({ name: spec.type, weight: 1, threshold: 0.5, ...spec }) as EvaluatorSpec,
  );
  const problems = evaluators.flatMap((spec, index) => {
    const problem = problemOf(spec);
    return problem === undefined ? [] : [`evaluators[${index}]: ${problem}`];
  });
  if (problems.length > 0) return { problems };
  const { dataset, target, budget, seed, gate } = written;
  const { repeat = 1, concurrency = 4, timeoutMs = 120_000 } = written;
  return {
    experiment: {
      ...{ name, dataset, target, repeat, concurrency, timeoutMs },
      ...{ budget, seed, evaluators: named(evaluators), gate },
    },
    problems: [],
  };
}

/** What a schema cannot say. */
function problemOf(spec: EvaluatorSpec): string | undefined {
  try {
    if (spec.type === 'regex') new RegExp(spec.pattern, spec.flags);
    if (spec.type === 'json-schema') compileSchema(spec.schema);
  } catch (error) {
    return toError(error).message;
  }
  if (spec.type !== 'assert') return undefined;
  const parsed = parseAssertion(spec.expr);
  if (!('problem' in parsed)) return undefined;
  return `${parsed.problem} (character ${parsed.position + 1} of '${spec.expr}')`;
}

/** Two evaluators of one name get numbers, so that their scores can be told apart. */
function named(evaluators: readonly EvaluatorSpec[]): readonly EvaluatorSpec[] {
  const seen = new Map<string, number>();
  return evaluators.map((spec) => {
    const count = (seen.get(spec.name) ?? 0) + 1;
    seen.set(spec.name, count);
    return count === 1 ? spec : { ...spec, name: `${spec.name} ${count}` };
  });
}

/** The errors that help: not the `if` and `anyOf` around another one. */
function sentences(errors: readonly ErrorObject[], value: unknown): readonly string[] {
  const telling = errors.filter(({ keyword }) => keyword !== 'if' && keyword !== 'anyOf');
  const target = isRecord(value) ? value.target : undefined;
  const isPrompt = isRecord(target) && 'prompt' in target;
  const relevant = telling.filter(({ schemaPath }) => {
    const [, branch] = /\/target\/anyOf\/(\d)/.exec(schemaPath) ?? [];
    return branch === undefined || (branch === '1') === isPrompt;
  });
  return [...new Set(relevant.map(sentence))];
}

function sentence({ instancePath, message, keyword, params }: ErrorObject): string {
  const place = instancePath
    .slice(1)
    .split('/')
    .map((part) => (/^\d+$/.test(part) ? `[${part}]` : `.${part}`))
    .join('')
    .slice(1);
  const where = place === '' ? '' : `${place}: `;
  if (keyword === 'additionalProperties') {
    return `${where}there is no '${(params as { additionalProperty: string }).additionalProperty}' here.`;
  }
  if (keyword === 'enum') {
    const { allowedValues } = params as { allowedValues: readonly unknown[] };
    return `${where}must be one of ${allowedValues.map((one) => JSON.stringify(one)).join(', ')}.`;
  }
  if (keyword === 'required') {
    return `${where}'${(params as { missingProperty: string }).missingProperty}' is missing.`;
  }
  return `${where}${message ?? 'is not valid'}.`;
}
