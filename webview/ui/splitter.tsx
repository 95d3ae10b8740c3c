import { useRef } from 'preact/hooks';

interface SplitterProps {
  readonly label: string;
  /** `vertical` stands between left and right, `horizontal` between top and bottom. */
  readonly orientation: 'vertical' | 'horizontal';
  /** Share of the first part, 0 to 1. */
  readonly value: number;
  readonly initial: number;
  readonly onChange: (value: number) => void;
}

const least = 0.15;
const most = 0.85;
const step = 0.02;

/** The sash between two parts of its parent element; moved by pointer, arrows, Home and End. */
export function Splitter({ label, orientation, value, initial, onChange }: SplitterProps) {
  const element = useRef<HTMLDivElement>(null);
  const upright = orientation === 'vertical';
  const move = (next: number) => onChange(Math.min(most, Math.max(least, next)));
  const drag = (event: PointerEvent) => {
    const whole = element.current?.parentElement?.getBoundingClientRect();
    if (!whole || event.buttons === 0) return;
    move(
      upright
        ? (event.clientX - whole.left) / whole.width
        : (event.clientY - whole.top) / whole.height,
    );
  };
  const press = (event: KeyboardEvent) => {
    const next = keyTarget(event.key, upright, value);
    if (next === undefined) return;
    event.preventDefault();
    move(next);
  };
  return (
    <div
      ref={element}
      class={`splitter splitter-${orientation}`}
      role="separator"
      tabIndex={0}
      aria-label={label}
      aria-orientation={orientation}
      aria-valuemin={least * 100}
      aria-valuemax={most * 100}
      aria-valuenow={Math.round(value * 100)}
      onPointerDown={(event) => {
        event.preventDefault();
        event.currentTarget.setPointerCapture(event.pointerId);
      }}
      onPointerMove={drag}
      onDblClick={() => onChange(initial)}
      onKeyDown={press}
    />
  );
}

function keyTarget(key: string, upright: boolean, value: number): number | undefined {
  switch (key) {
    case upright ? 'ArrowLeft' : 'ArrowUp':
      return value - step;
    case upright ? 'ArrowRight' : 'ArrowDown':
      return value + step;
    case 'Home':
      return least;
    case 'End':
      return most;
    default:
      return undefined;
  }
}
