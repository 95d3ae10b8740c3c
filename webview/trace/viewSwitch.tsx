import { Icon } from '../ui/icon';
import { viewIds, type ViewId } from './arrangement';

interface ViewSwitchProps {
  readonly current: ViewId;
  readonly onChange: (view: ViewId) => void;
}

const faces: Readonly<Record<ViewId, { readonly label: string; readonly icon: string }>> = {
  tree: { label: 'Tree', icon: 'list-tree' },
  graph: { label: 'Graph', icon: 'type-hierarchy' },
};

/** The ways to look at a trace; arrows change between them. */
export function ViewSwitch({ current, onChange }: ViewSwitchProps) {
  const onKeyDown = (event: KeyboardEvent & { currentTarget: HTMLElement }) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (step === undefined) return;
    const next = viewIds[(viewIds.indexOf(current) + step + viewIds.length) % viewIds.length];
    if (!next) return;
    event.preventDefault();
    onChange(next);
    event.currentTarget.querySelector<HTMLElement>(`[data-view="${next}"]`)?.focus();
  };
  return (
    <div class="view-switch" role="radiogroup" aria-label="View" onKeyDown={onKeyDown}>
      {viewIds.map((view) => (
        <button
          key={view}
          type="button"
          role="radio"
          data-view={view}
          aria-checked={view === current}
          tabIndex={view === current ? 0 : -1}
          onClick={() => onChange(view)}
        >
          <Icon name={faces[view].icon} />
          {faces[view].label}
        </button>
      ))}
    </div>
  );
}
