import { observationKinds, type ObservationKind, type PromptLink } from '../model/observation';
import type { Attributes, Span } from '../model/span';
import type { Content, Dialect, Facts } from './dialect';
import { asRecord, compact, jsonAt, textAt } from './reader';

/**
 * What our own hooks and harness add to the GenAI conventions. The bodies of a model call as they
 * were on the wire stay attributes: whoever needs them reads them there.
 */
export const glassbox: Dialect = {
  name: 'glassbox',
  ai: true,
  ownsKey: (key) => key.startsWith('glassbox.'),
  ownsScope: (scope) => scope === 'glassbox',
  facts,
  content,
};

function facts({ attributes }: Span): Facts {
  const kind = textAt(attributes, 'glassbox.observation.kind');
  return {
    kind: observationKinds.find((known) => known === kind) satisfies ObservationKind | undefined,
    traceName: textAt(attributes, 'glassbox.trace.name'),
    prompt: promptOf(attributes),
  };
}

function promptOf(attributes: Attributes): PromptLink | undefined {
  const hash = textAt(attributes, 'glassbox.prompt.hash');
  const name = textAt(attributes, 'gen_ai.prompt.name');
  if (hash === undefined || name === undefined) return undefined;
  return compact({ name, version: textAt(attributes, 'gen_ai.prompt.version'), hash });
}

function content({ attributes }: Span): Content {
  return {
    input: jsonAt(attributes, 'glassbox.input'),
    output: jsonAt(attributes, 'glassbox.output'),
    metadata: asRecord(attributes.get('glassbox.metadata')),
  };
}
