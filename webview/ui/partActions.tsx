import { useEffect, useState } from 'preact/hooks';
import { IconButton } from './controls';
import { useHost } from './host';

/** A piece of a trace as text, made only when it is asked for. */
export interface PartText {
  /** Title of the editor tab. */
  readonly title: string;
  /** VS Code language id. */
  readonly language: string;
  readonly text: () => string;
}

/** The buttons every piece has: copy it, open it in an editor tab of its own. */
export function PartActions({ part }: { readonly part: PartText }) {
  const host = useHost();
  return (
    <span class="part-actions">
      <CopyButton label={`Copy ${part.title}`} text={part.text} />
      <IconButton
        label={`Open ${part.title} in an editor`}
        icon="go-to-file"
        onClick={() => void host.openText(part.title, part.language, part.text())}
      />
    </span>
  );
}

interface CopyButtonProps {
  readonly label: string;
  readonly text: () => string;
}

/** Copies, and says so by its icon for a moment. */
export function CopyButton({ label, text }: CopyButtonProps) {
  const host = useHost();
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return undefined;
    const timer = setTimeout(() => setCopied(false), 1500);
    return () => clearTimeout(timer);
  }, [copied]);
  return (
    <IconButton
      label={copied ? 'Copied' : label}
      icon={copied ? 'check' : 'copy'}
      onClick={() => void host.copy(text()).then(setCopied)}
    />
  );
}
