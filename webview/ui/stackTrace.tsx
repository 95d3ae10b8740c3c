import { useMemo } from 'preact/hooks';
import { TextButton } from './controls';
import { readStack, type StackLine } from './stack';

interface StackTraceProps {
  readonly stack: string;
  readonly onOpen: (file: string, line: number) => void;
}

/** A stack trace with its frames as links; frames of installed packages are dim. */
export function StackTrace({ stack, onOpen }: StackTraceProps) {
  const lines = useMemo(() => readStack(stack), [stack]);
  return (
    <pre class="stack" tabIndex={0} aria-label="Stack trace">
      {lines.map((line, index) => (
        <span key={index} class={line.place && !line.own ? 'stack-line dim' : 'stack-line'}>
          <Line line={line} onOpen={onOpen} />
          {'\n'}
        </span>
      ))}
    </pre>
  );
}

function Line({ line, onOpen }: { line: StackLine; onOpen: StackTraceProps['onOpen'] }) {
  const { place, text } = line;
  if (!place || !line.own) return <>{text}</>;
  const at = text.indexOf(place.label);
  return (
    <>
      {text.slice(0, at)}
      <TextButton title="Open the file" onClick={() => onOpen(place.file, place.line)}>
        {place.label}
      </TextButton>
      {text.slice(at + place.label.length)}
    </>
  );
}
