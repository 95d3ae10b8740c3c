import type { Observation } from '../../src/model/observation';
import type { Json } from '../../src/model/value';
import { Empty } from '../ui/empty';
import { Fold } from '../ui/fold';
import { formatSize } from '../../src/model/format';
import { toText } from '../ui/jsonShape';
import { ValueView } from '../ui/value';
import { missingContent } from './missing';

/** What went in and what came out, as values. */
export function ContentTab({ observation }: { readonly observation: Observation }) {
  const { input, output, metadata, modelParameters, kind, name } = observation;
  const tool = kind === 'tool';
  const missing = missingContent(observation);
  const none = input === undefined && output === undefined;
  return (
    <>
      {none && <Empty title={missing.title}>{missing.reason}</Empty>}
      <Section title={tool ? 'Arguments' : 'Input'} of={name} value={input} />
      <Section title={tool ? 'Result' : 'Output'} of={name} value={output} />
      {!none && output === undefined && observation.status === 'running' && (
        <Empty icon="loading codicon-modifier-spin" title={missing.title}>
          {missing.reason}
        </Empty>
      )}
      <Section title="Parameters" of={name} value={modelParameters} />
      <Section title="Metadata" of={name} value={metadata} />
    </>
  );
}

interface SectionProps {
  readonly title: string;
  readonly of: string;
  readonly value: Json | undefined;
}

/** A titled value with its size and actions; nothing where there is none. */
export function Section({ title, of, value }: SectionProps) {
  if (value === undefined) return null;
  const text = toText(value);
  const language = typeof value === 'string' ? 'plaintext' : 'json';
  const part = { title: `${title} of ${of.slice(0, 60)}`, language, text: () => text };
  return (
    <Fold title={title} note={formatSize(text.length)} part={part} open>
      {() => <ValueView value={value} title={part.title} />}
    </Fold>
  );
}
