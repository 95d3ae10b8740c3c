import {
  provideVSCodeDesignSystem,
  TextField as ToolkitTextField,
  vsCodeButton,
  vsCodeTextField,
} from '@vscode/webview-ui-toolkit';
import type { ComponentChildren, Ref } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { Icon } from './icon';

/**
 * The form controls of every page. The toolkit behind them is archived upstream, so nothing
 * else may import it: replacing it is replacing this file.
 */

provideVSCodeDesignSystem().register(vsCodeButton(), vsCodeTextField());

interface ControlAttributes {
  readonly appearance?: 'primary' | 'secondary' | 'icon';
  readonly 'aria-label'?: string;
  readonly 'aria-pressed'?: 'true' | 'false';
  readonly class?: string;
  readonly children?: ComponentChildren;
  readonly disabled?: boolean;
  readonly onClick?: (event: MouseEvent) => void;
  readonly onInput?: (event: InputEvent) => void;
  readonly onKeyDown?: (event: KeyboardEvent) => void;
  readonly placeholder?: string;
  readonly ref?: Ref<HTMLElement>;
  readonly spellcheck?: boolean;
  readonly title?: string;
  readonly value?: string;
}

declare module 'preact' {
  // The way Preact documents for custom elements.
  // eslint-disable-next-line @typescript-eslint/no-namespace
  namespace JSX {
    interface IntrinsicElements {
      'vscode-button': ControlAttributes;
      'vscode-text-field': ControlAttributes;
    }
  }
}

interface ButtonProps {
  readonly label: string;
  readonly icon?: string;
  readonly primary?: boolean;
  readonly onClick: () => void;
}

/** A button with words on it. */
export function Button({ label, icon, primary, onClick }: ButtonProps) {
  return (
    <vscode-button appearance={primary ? 'primary' : 'secondary'} onClick={onClick}>
      {icon && <Icon name={icon} slot="start" />}
      {label}
    </vscode-button>
  );
}

interface IconButtonProps {
  readonly label: string;
  readonly icon: string;
  /** For a button that switches something: whether it is on. */
  readonly pressed?: boolean;
  readonly class?: string;
  readonly onClick: () => void;
}

/** A button that is only an icon; `label` is its tooltip and what a screen reader says. */
export function IconButton({ label, icon, pressed, class: extra, onClick }: IconButtonProps) {
  return (
    <vscode-button
      appearance="icon"
      aria-label={label}
      aria-pressed={pressed === undefined ? undefined : pressed ? 'true' : 'false'}
      class={extra}
      title={label}
      onClick={(event) => {
        event.stopPropagation();
        onClick();
      }}
    >
      <Icon name={icon} />
    </vscode-button>
  );
}

interface TextFieldProps {
  readonly label: string;
  readonly value: string;
  /** Takes the focus when it appears. */
  readonly focused?: boolean;
  readonly onInput: (value: string) => void;
  readonly onKeyDown?: (event: KeyboardEvent) => void;
}

/** A single line of text; `label` stands in it while it is empty. */
export function TextField({ label, value, focused, onInput, onKeyDown }: TextFieldProps) {
  const element = useRef<HTMLElement>(null);
  // Before the next key arrives, or it would go to where the focus was.
  useLayoutEffect(() => {
    const { current } = element;
    // The toolkit names every field 'Text field' when it enters the page.
    current?.setAttribute('aria-label', label);
    if (focused && current instanceof ToolkitTextField) focusAtEnd(current);
  }, [label]);
  return (
    <vscode-text-field
      placeholder={label}
      ref={element}
      spellcheck={false}
      value={value}
      onInput={(event) => onInput((event.target as HTMLInputElement).value)}
      onKeyDown={onKeyDown}
    />
  );
}

function focusAtEnd(field: ToolkitTextField): void {
  field.focus();
  const end = field.value.length;
  field.control.setSelectionRange(end, end);
}

interface TextButtonProps {
  readonly children: ComponentChildren;
  readonly title?: string;
  readonly class?: string;
  readonly onClick: () => void;
}

/** A button that reads like a link in the text around it; light enough for hundreds of them. */
export function TextButton({ children, title, class: extra, onClick }: TextButtonProps) {
  return (
    <button
      type="button"
      class={`text-button ${extra ?? ''}`}
      title={title}
      onClick={(event) => {
        event.stopPropagation();
        onClick();
      }}
    >
      {children}
    </button>
  );
}
