import type { ComponentChildren } from 'preact';
import { useId, useState } from 'preact/hooks';
import { Icon } from './icon';
import { PartActions, type PartText } from './partActions';

interface FoldProps {
  readonly title: ComponentChildren;
  /** Dim words behind the title: a size, a count. */
  readonly note?: ComponentChildren;
  /** The beginning of what is folded, shown while it is. */
  readonly preview?: string;
  readonly part?: PartText;
  readonly open?: boolean;
  readonly class?: string;
  /** Made only while open, so that a folded megabyte costs nothing. */
  readonly children: () => ComponentChildren;
}

/** A heading that shows and hides what stands under it. */
export function Fold({
  title,
  note,
  preview,
  part,
  open: initially = false,
  class: extra,
  children,
}: FoldProps) {
  const [open, setOpen] = useState(initially);
  const id = useId();
  return (
    <section class={`fold ${extra ?? ''}`}>
      <div class="fold-head">
        <button
          type="button"
          class="fold-button"
          aria-expanded={open}
          aria-controls={open ? id : undefined}
          onClick={() => setOpen(!open)}
        >
          <Icon name={open ? 'chevron-down' : 'chevron-right'} />
          <span class="fold-title">{title}</span>
          {note !== undefined && <span class="dim fold-note">{note}</span>}
          {!open && preview !== undefined && <span class="dim fold-preview">{preview}</span>}
        </button>
        {part && <PartActions part={part} />}
      </div>
      {open && (
        <div id={id} class="fold-body">
          {children()}
        </div>
      )}
    </section>
  );
}
