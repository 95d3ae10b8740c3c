import type { Json } from '../../src/model/value';
import { parseComposite } from './jsonShape';
import { JsonTree } from './jsonTree';
import { LongText } from './longText';

interface ValueProps {
  readonly value: Json;
  readonly title: string;
  readonly markdown?: boolean;
  /** Lines of JSON that are open at first. */
  readonly lines?: number;
}

/** Any value in its best form: JSON as a tree, also when it came as text, text as text. */
export function ValueView({ value, title, markdown, lines }: ValueProps) {
  if (typeof value !== 'string') return <JsonTree value={value} lines={lines} />;
  const composite = value.length < 5_000_000 ? parseComposite(value) : undefined;
  if (composite) return <JsonTree value={composite} lines={lines} />;
  return <LongText text={value} title={title} markdown={markdown} />;
}
