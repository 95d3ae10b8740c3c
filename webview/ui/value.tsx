import type { Json } from '../../src/model/value';
import { parseComposite } from './jsonShape';
import { JsonTree } from './jsonTree';
import { LongText } from './longText';

interface ValueProps {
  readonly value: Json;
  readonly title: string;
  readonly markdown?: boolean;
}

/** Any value in its best form: JSON as a tree, also when it came as text, text as text. */
export function ValueView({ value, title, markdown }: ValueProps) {
  if (typeof value !== 'string') return <JsonTree value={value} />;
  const composite = value.length < 5_000_000 ? parseComposite(value) : undefined;
  if (composite) return <JsonTree value={composite} />;
  return <LongText text={value} title={title} markdown={markdown} />;
}
