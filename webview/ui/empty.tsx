import type { ComponentChildren } from 'preact';
import { Icon } from './icon';

interface EmptyProps {
  readonly icon?: string;
  /** What is missing. */
  readonly title: string;
  /** Why, and what to do. */
  readonly children?: ComponentChildren;
}

/** What stands where there is nothing to show. */
export function Empty({ icon = 'info', title, children }: EmptyProps) {
  return (
    <div class="empty">
      <Icon name={icon} />
      <div>
        <p class="empty-title">{title}</p>
        {children && <p class="dim">{children}</p>}
      </div>
    </div>
  );
}
