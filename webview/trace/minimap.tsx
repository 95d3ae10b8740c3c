import { useSignalEffect } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { formatDuration } from '../../src/model/format';
import { observationKinds } from '../../src/model/observation';
import type { Clock } from './clock';
import { lineOf, minimapPixels, rowAtLine, type MinimapStyle } from './minimapPixels';
import { keyedRange, lengthOf, pan, within, zoom, type TimeRange } from './timeRange';
import type { TraceModel } from './traceModel';

interface MinimapProps {
  readonly model: TraceModel;
  readonly clock: Clock;
  /** Brings a row into view. */
  readonly onShow: (row: number) => void;
}

const height = 40;
/** Pixels at each end of the window by which it is made longer or shorter. */
const grip = 6;

/**
 * The whole trace in one small picture. The window over it is the range of time the bars show:
 * dragged, resized by its ends, drawn anew beside it, or moved by keys; a click brings the rows
 * there into view.
 */
export function Minimap({ model, clock, onShow }: MinimapProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const whole = { from: 0, to: clock.end.value };
  const range = clock.range.value;
  const zoomed = lengthOf(range) < lengthOf(whole);
  usePicture(canvas, model, clock);
  const drag = useDrag({ model, clock, onShow });
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const keyed = keyedRange(event.key, range, whole);
    if (!keyed) return;
    event.preventDefault();
    event.stopPropagation();
    model.range.value = keyed.range;
  };
  const share = (time: number) => (whole.to > 0 ? time / whole.to : 0);
  const text = `${formatDuration(range.from)} to ${formatDuration(range.to)} of ${formatDuration(whole.to)}`;
  return (
    <div
      class={zoomed ? 'minimap zoomed' : 'minimap'}
      role="slider"
      tabIndex={0}
      aria-label="Time shown. Arrows move, + and - zoom, 0 shows all"
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(share((range.from + range.to) / 2) * 100)}
      aria-valuetext={text}
      title={
        zoomed
          ? `${text}. Double-click shows all`
          : 'Drag to look closer at a part of the time; click to go to a row'
      }
      onKeyDown={onKeyDown}
      onDblClick={() => (model.range.value = undefined)}
      onWheel={(event) => wheeled(event, { model, clock })}
      {...drag}
    >
      <canvas ref={canvas} class="minimap-picture" />
      <ShownRows model={model} />
      <span class="minimap-shade" style={{ left: 0, width: `${share(range.from) * 100}%` }} />
      <span class="minimap-shade" style={{ left: `${share(range.to) * 100}%`, right: 0 }} />
      <span
        class="minimap-window"
        style={{
          left: `${share(range.from) * 100}%`,
          width: `${share(lengthOf(range)) * 100}%`,
        }}
      />
    </div>
  );
}

/** Which rows the tree shows, as a band across the picture. */
function ShownRows({ model }: { readonly model: TraceModel }) {
  const { first, last } = model.shown.value;
  const count = model.view.value?.columns.count ?? 0;
  const top = lineOf(first, count, height);
  const bottom = Math.min(height, lineOf(last, count, height) + 4);
  if (bottom - top >= Math.min(height, count * 4)) return null;
  return <span class="minimap-rows" style={{ top: `${top}px`, height: `${bottom - top}px` }} />;
}

function usePicture(
  canvas: { readonly current: HTMLCanvasElement | null },
  model: TraceModel,
  clock: Clock,
): void {
  const frame = useRef<number>(undefined);
  const draw = () => {
    frame.current ??= requestAnimationFrame(() => {
      frame.current = undefined;
      const columns = model.view.peek()?.columns;
      if (canvas.current && columns) paint(canvas.current, columns, clock.end.peek());
    });
  };
  useSignalEffect(() => {
    void [model.view.value, clock.end.value];
    draw();
  });
  useEffect(() => {
    const { current } = canvas;
    if (!current) return undefined;
    const resize = new ResizeObserver(draw);
    resize.observe(current);
    const theme = new MutationObserver(draw);
    theme.observe(document.documentElement, { attributes: true });
    theme.observe(document.body, { attributes: true });
    return () => {
      resize.disconnect();
      theme.disconnect();
    };
  }, []);
}

function paint(
  canvas: HTMLCanvasElement,
  columns: Parameters<typeof minimapPixels>[0],
  end: number,
): void {
  const width = Math.round(canvas.clientWidth);
  if (width === 0) return;
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (!context) return;
  const style = styleOf(canvas, context, width);
  context.putImageData(new ImageData(minimapPixels(columns, end, style), width, height), 0, 0);
}

/** The colours of the theme, read where the style sheet has resolved them. */
function styleOf(
  canvas: HTMLElement,
  context: CanvasRenderingContext2D,
  width: number,
): MinimapStyle {
  const probe = document.createElement('span');
  canvas.parentElement?.append(probe);
  const colour = (className: string) => {
    probe.className = `minimap-probe ${className}`;
    context.clearRect(0, 0, 1, 1);
    context.fillStyle = getComputedStyle(probe).color;
    context.fillRect(0, 0, 1, 1);
    return new Uint32Array(context.getImageData(0, 0, 1, 1).data.buffer)[0] ?? 0;
  };
  const kinds = Uint32Array.from(observationKinds, (kind) => colour(`kind-${kind}`));
  const style = { width, height, kinds, error: colour('failed') };
  probe.remove();
  return style;
}

interface Drag {
  readonly mode: 'draw' | 'pan' | 'from' | 'to';
  readonly at: number;
  readonly x: number;
  readonly range: TimeRange;
  moved: boolean;
}

function useDrag({ model, clock, onShow }: MinimapProps) {
  const drag = useRef<Drag>(undefined);
  const timeAt = (event: MouseEvent & { currentTarget: HTMLElement }) => {
    const box = event.currentTarget.getBoundingClientRect();
    return ((event.clientX - box.left) / Math.max(1, box.width)) * clock.end.peek();
  };
  return {
    onPointerDown: (event: PointerEvent & { currentTarget: HTMLElement }) => {
      if (event.button !== 0) return;
      event.currentTarget.setPointerCapture(event.pointerId);
      const at = timeAt(event);
      const range = clock.range.peek();
      const mode = modeAt(at, range, {
        end: clock.end.peek(),
        width: event.currentTarget.clientWidth,
      });
      drag.current = { mode, at, x: event.clientX, range, moved: false };
    },
    onPointerMove: (event: PointerEvent & { currentTarget: HTMLElement }) => {
      const { current } = drag;
      if (!current || (!current.moved && Math.abs(event.clientX - current.x) < 3)) return;
      current.moved = true;
      const whole = { from: 0, to: clock.end.peek() };
      model.range.value = within(dragged(current, timeAt(event)), whole);
    },
    onPointerUp: (event: PointerEvent & { currentTarget: HTMLElement }) => {
      const { current } = drag;
      drag.current = undefined;
      if (!current || current.moved) return;
      const box = event.currentTarget.getBoundingClientRect();
      const count = model.view.peek()?.columns.count ?? 0;
      onShow(rowAtLine(event.clientY - box.top, count, height));
    },
    onPointerCancel: () => (drag.current = undefined),
  };
}

function modeAt(at: number, range: TimeRange, axis: { end: number; width: number }): Drag['mode'] {
  const { end, width } = axis;
  if (lengthOf(range) >= end) return 'draw';
  const reach = (grip / Math.max(1, width)) * end;
  if (Math.abs(at - range.from) <= reach) return 'from';
  if (Math.abs(at - range.to) <= reach) return 'to';
  return at > range.from && at < range.to ? 'pan' : 'draw';
}

function dragged({ mode, at, range }: Drag, now: number): TimeRange {
  switch (mode) {
    case 'draw':
      return { from: Math.min(at, now), to: Math.max(at, now) };
    case 'pan':
      return pan(range, (now - at) / lengthOf(range));
    case 'from':
      return { from: Math.min(now, range.to), to: range.to };
    case 'to':
      return { from: range.from, to: Math.max(now, range.from) };
  }
}

/** The wheel zooms at the pointer, a sideways one moves. */
function wheeled(
  event: WheelEvent & { currentTarget: HTMLElement },
  { model, clock }: Omit<MinimapProps, 'onShow'>,
): void {
  event.preventDefault();
  const whole = { from: 0, to: clock.end.peek() };
  const range = clock.range.peek();
  const box = event.currentTarget.getBoundingClientRect();
  const around = ((event.clientX - box.left) / Math.max(1, box.width)) * whole.to;
  const next =
    Math.abs(event.deltaX) > Math.abs(event.deltaY)
      ? pan(range, event.deltaX / 500)
      : zoom(range, event.deltaY > 0 ? 1.2 : 1 / 1.2, around);
  model.range.value = within(next, whole);
}
