import { readFileSync, writeFileSync } from 'node:fs';
import { shortfalls, toMarkdown, type Report } from './report';

/** Writes the generated parts of `docs/benchmarks.md`; what people wrote between them stays. */
export function writeDocument(file: string, report: Report): void {
  const parts = { shortfalls: shortfalls(report), results: toMarkdown(report) };
  const text = Object.entries(parts).reduce(replacePart, readFileSync(file, 'utf8'));
  writeFileSync(file, text);
}

/** Replaces what stands between `<!-- name -->` and `<!-- /name -->`; throws where they are not. */
export function replacePart(text: string, [name, content]: readonly [string, string]): string {
  const [opening, closing] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const start = text.indexOf(opening);
  const end = text.indexOf(closing, start);
  if (start < 0 || end < 0) throw new Error(`The document has no part '${name}'`);
  return `${text.slice(0, start + opening.length)}\n\n${content}\n\n${text.slice(end)}`;
}
