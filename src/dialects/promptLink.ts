import type { PromptLink } from '../model/observation';
import type { Value } from '../model/value';
import { asRecord, asText, compact } from './reader';

/**
 * The prompt that the metadata of a trace names, in the words of the conventions: SDKs that let
 * nobody set attributes on their spans do let a program add metadata to a trace.
 */
export function promptInMetadata(metadata: Value | undefined): PromptLink | undefined {
  if (typeof metadata === 'string' && !metadata.includes('gen_ai.prompt.name')) return undefined;
  const fields = asRecord(metadata);
  const name = asText(fields?.['gen_ai.prompt.name']);
  if (!fields || name === undefined) return undefined;
  return compact({
    name,
    version: asText(fields['gen_ai.prompt.version']),
    hash: asText(fields['glassbox.prompt.hash']),
  });
}
