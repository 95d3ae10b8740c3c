import { knownShapes } from '../base/secretShapes';
import { isRecord, type Json } from '../model/value';

/**
 * Secrets are masked before they are stored: their beginning stays, stars stand for the rest. A
 * call that is made again must not send stars, so they are found here, and filled in again.
 */

const beginnings = [
  ...knownShapes.map(({ prefix }) => prefix),
  ...['eyJ', '[Bb]earer ', '[Bb]asic ', '-----BEGIN [A-Z ]+-----\\s*', '://[^\\s/:@*]*:'],
  '(?:aws_secret_access_key|AWS_SECRET_ACCESS_KEY|[Ss]ecretAccessKey)[\\s"\':=>,\\\\]{1,12}',
];

const masks = new RegExp(`(?:${beginnings.join('|')})\\*{4,}[*\\s.]*\\*`, 'g');

/** The masked secrets in a value, each once: what is left of them. */
export function findMasked(value: Json): readonly string[] {
  const found = new Set<string>();
  visit(value, (text) => {
    for (const [mask] of text.matchAll(masks)) found.add(mask);
    return text;
  });
  return [...found];
}

/** The value with masked secrets filled in: what is left of each → what it was. */
export function fillMasked(value: Json, secrets: ReadonlyMap<string, string>): Json {
  return visit(value, (text) => text.replaceAll(masks, (mask) => secrets.get(mask) ?? mask));
}

function visit(value: Json, change: (text: string) => string): Json {
  if (typeof value === 'string') return change(value);
  if (Array.isArray(value)) return (value as Json[]).map((one) => visit(one, change));
  if (!isRecord(value)) return value;
  const entries = Object.entries(value as Record<string, Json>);
  return Object.fromEntries(entries.map(([name, one]) => [name, visit(one, change)]));
}
