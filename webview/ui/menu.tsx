import { useId, useRef, useState } from 'preact/hooks';
import { IconButton } from './controls';

export interface MenuItem {
  readonly label: string;
  /** Stands dimmed behind the label. */
  readonly note?: string;
  readonly onChoose: () => void;
}

export interface MenuGroup {
  readonly title: string;
  readonly items: readonly MenuItem[];
}

interface MenuProps {
  readonly label: string;
  readonly icon: string;
  readonly groups: readonly MenuGroup[];
}

/** A button that opens a menu; arrows move, Enter chooses, Escape or a click elsewhere closes. */
export function Menu({ label, icon, groups }: MenuProps) {
  const place = useRef<HTMLSpanElement>(null);
  const popup = useRef<HTMLDivElement>(null);
  const [open, setOpen] = useState(false);
  const id = useId();
  const show = () => {
    const menu = popup.current;
    const button = place.current?.getBoundingClientRect();
    if (!menu || !button) return;
    menu.showPopover();
    menu.style.left = `${Math.max(4, Math.min(button.left, innerWidth - menu.offsetWidth - 4))}px`;
    menu.style.top = `${button.bottom + 2}px`;
    itemsOf(menu)[0]?.focus();
  };
  const close = () => {
    popup.current?.hidePopover();
    place.current?.querySelector<HTMLElement>('vscode-button')?.focus();
  };
  return (
    <span ref={place} class="menu-place">
      <IconButton label={label} icon={icon} pressed={open} onClick={show} />
      <div
        ref={popup}
        class="menu"
        role="menu"
        popover="auto"
        aria-label={label}
        onToggle={(event) => setOpen(event.newState === 'open')}
        onKeyDown={(event) => menuKey(event, close)}
      >
        {groups.map(({ title, items }, index) => (
          <div key={title} role="group" aria-labelledby={`${id}-${index}`}>
            <div class="menu-title" id={`${id}-${index}`}>
              {title}
            </div>
            {items.map((item) => (
              <button
                key={item.label}
                type="button"
                role="menuitem"
                tabIndex={-1}
                class="menu-item"
                onClick={() => {
                  close();
                  item.onChoose();
                }}
              >
                <span>{item.label}</span>
                {item.note && <span class="dim">{item.note}</span>}
              </button>
            ))}
          </div>
        ))}
      </div>
    </span>
  );
}

function itemsOf(menu: Element): readonly HTMLElement[] {
  return [...menu.querySelectorAll<HTMLElement>('[role=menuitem]')];
}

function menuKey(event: KeyboardEvent & { currentTarget: HTMLElement }, close: () => void): void {
  const items = itemsOf(event.currentTarget);
  const at = items.findIndex((item) => item === document.activeElement);
  const go = (to: number) => items[(to + items.length) % items.length]?.focus();
  switch (event.key) {
    case 'ArrowDown':
      go(at + 1);
      break;
    case 'ArrowUp':
      go(at - 1);
      break;
    case 'Home':
      go(0);
      break;
    case 'End':
      go(items.length - 1);
      break;
    case 'Escape':
    case 'Tab':
      close();
      break;
    case 'Enter':
    case ' ':
      event.stopPropagation();
      return;
    default:
      event.stopPropagation();
      return;
  }
  event.preventDefault();
  event.stopPropagation();
}
