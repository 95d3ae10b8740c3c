import { observationKinds, type ObservationKind, type PromptLink } from '../model/observation';
import type { Attributes, Span } from '../model/span';
import type { Content, Dialect, Facts } from './dialect';
import { member } from './json';
import { promptInMetadata } from './promptLink';
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
  const said = textAt(attributes, 'glassbox.observation.kind');
  const kind: ObservationKind | undefined = observationKinds.find((known) => known === said);
  return {
    kind,
    join: kind === 'generation' || kind === 'embedding' ? { part: 'seen' } : undefined,
    name: kind === 'handoff' ? handoffName(attributes) : undefined,
    level: kind === 'guardrail' && isTriggered(attributes) ? 'warning' : undefined,
    traceName: textAt(attributes, 'glassbox.trace.name'),
    prompt: promptOf(attributes) ?? promptInMetadata(attributes.get('glassbox.metadata')),
  };
}

function handoffName(attributes: Attributes): string | undefined {
  const from = jsonAt(attributes, 'glassbox.input');
  const to = jsonAt(attributes, 'glassbox.output');
  return typeof from === 'string' && typeof to === 'string' ? `${from} → ${to}` : undefined;
}

function isTriggered(attributes: Attributes): boolean {
  return member(jsonAt(attributes, 'glassbox.output'), 'triggered') === true;
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
    modelParameters: asRecord(attributes.get('glassbox.model.parameters')),
    metadata: asRecord(attributes.get('glassbox.metadata')),
  };
}
