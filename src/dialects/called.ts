import type { Json } from '../model/value';
import { listOf, recordOf } from './json';

/** `sanitize_inputs_outputs` is smolagents' own. */
const wrapping = new Set(['args', 'kwargs', 'sanitize_inputs_outputs']);

/**
 * What a traced function was called with, without the wrapping: decorators record `args` and
 * `kwargs`, LangChain `inputs` and `outputs`. A sole argument stands for itself.
 */
export function calledWith(json: Json | undefined): Json | undefined {
  const fields = recordOf(json);
  if (!fields) return json;
  for (const holder of ['inputs', 'outputs'])
    if (fields[holder] !== undefined) return fields[holder];
  const args = listOf(fields.args);
  const kwargs = recordOf(fields.kwargs);
  const others = Object.keys(fields).some((key) => !wrapping.has(key));
  if (others || (!args && !kwargs)) return json;
  const named = kwargs && Object.keys(kwargs).length > 0 ? kwargs : undefined;
  if (!args || args.length === 0) return named ?? json;
  const [only] = args;
  return args.length === 1 && !named ? only : json;
}
