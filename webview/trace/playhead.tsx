import { useEffect, useRef, useState } from 'preact/hooks';
import { formatDuration } from '../../src/model/format';
import { IconButton } from '../ui/controls';

interface PlayheadProps {
  /** Microseconds the trace took. */
  readonly end: number;
  /** Microseconds from its origin; undefined shows all of it summed up. */
  readonly moment: number | undefined;
  readonly onChange: (moment: number | undefined) => void;
}

/** A whole trace is played in so many milliseconds. */
const playMs = 8000;
const steps = 500;

/** The moment at which a graph is shown, as it ran; at its right end the sum of everything. */
export function Playhead({ end, moment, onChange }: PlayheadProps) {
  const [playing, setPlaying] = useState(false);
  const latest = useRef(moment);
  latest.current = moment;
  useEffect(() => {
    if (!playing) return undefined;
    let frame = 0;
    let last = performance.now();
    const tick = (now: number) => {
      const next = (latest.current ?? 0) + ((now - last) / playMs) * end;
      last = now;
      onChange(next >= end ? undefined : next);
      if (next >= end) setPlaying(false);
      else frame = requestAnimationFrame(tick);
    };
    frame = requestAnimationFrame(tick);
    return () => cancelAnimationFrame(frame);
  }, [playing, end]);
  const play = () => {
    if (!playing && moment === undefined) onChange(0);
    setPlaying(!playing);
  };
  const text = moment === undefined ? 'All of it' : formatDuration(moment);
  return (
    <span class="playhead">
      <IconButton
        label={playing ? 'Pause' : 'Play it as it ran'}
        icon={playing ? 'debug-pause' : 'play'}
        onClick={play}
      />
      <input
        type="range"
        aria-label="Moment of the trace"
        aria-valuetext={text}
        min={0}
        max={steps}
        value={moment === undefined || end <= 0 ? steps : Math.round((moment / end) * steps)}
        onInput={(event) => {
          const step = Number(event.currentTarget.value);
          onChange(step >= steps ? undefined : (step / steps) * end);
        }}
      />
      <span class="playhead-time dim">{text}</span>
    </span>
  );
}
