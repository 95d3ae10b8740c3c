import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { formatDuration } from '../../src/model/format';
import { axisTicks } from './axis';
import type { Clock } from './clock';

interface AxisProps {
  readonly clock: Clock;
  /** Only the lines, behind the rows, instead of the times. */
  readonly lines?: boolean;
}

/** The time axis over the bars. */
export function Axis({ clock, lines }: AxisProps) {
  const element = useRef<HTMLSpanElement>(null);
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const { current } = element;
    if (!current) return undefined;
    const observer = new ResizeObserver(() => setWidth(current.clientWidth));
    observer.observe(current);
    return () => observer.disconnect();
  }, []);
  const ticks = axisTicks(clock.range.value, width);
  return (
    <span ref={element} class="bar-cell axis" aria-hidden>
      {ticks.map(({ at, time }) => (
        <span key={time} class="tick" style={{ left: `${at * 100}%` }}>
          {!lines && (at * width < width - 40 || at === 0) && (
            <span class="tick-label">{tickText(time)}</span>
          )}
        </span>
      ))}
    </span>
  );
}

/** `2m` rather than `2m 00s`: ticks stand at round times. */
function tickText(time: number): string {
  return time === 0 ? '0' : formatDuration(time).replace(/(?<=[mh]) 00[sm]$/, '');
}
