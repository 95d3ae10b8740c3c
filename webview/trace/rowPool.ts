import { detailAt, kindAt, nameAt, statusAt, type TraceColumns } from '../../src/model/columns';
import { formatCost, formatCount, formatDuration } from '../../src/model/format';
import { kindIcons, statusIcons, statusWords } from '../ui/icon';
import { barOf } from './axis';
import { pathStripes } from './pathStripes';
import type { CriticalPath } from '../../src/model/criticalPath';
import type { TimeRange } from './timeRange';
import { highlight } from './find';
import { hasChildren, type Outline } from './outline';

/**
 * The row elements of the tree: a few dozen, drawn again and again, however many rows the trace
 * has. Text reaches them only as text.
 */

export const rowHeight = 22;

/** All a drawing of the tree depends on. */
export interface Frame {
  readonly columns: TraceColumns;
  readonly outline: Outline;
  readonly folded: Uint8Array;
  readonly selected: number;
  /** Text to highlight; empty for none. */
  readonly find: string;
  /** What the axis shows. */
  readonly range: TimeRange;
  /** Microseconds from the origin to the present moment. */
  readonly now: number;
  /** Drawn under the bars, where it is asked for. */
  readonly path: CriticalPath | undefined;
  /** Shown instead of the durations, where asked for; microseconds. */
  readonly selfTimes: Float64Array | undefined;
}

/** A row to draw. */
export interface PlacedRow {
  readonly row: number;
  /** Its place among the visible rows. */
  readonly at: number;
  /** Pixels below the top of the scrolled element. */
  readonly top: number;
}

export class RowPool {
  private readonly elements: RowElement[] = [];

  /** `copies` are rows that stand elsewhere, too: a screen reader must not meet them twice. */
  constructor(
    private readonly layer: HTMLElement,
    private readonly copies = false,
  ) {}

  /**
   * Draws these rows and hides what is left of the pool. The rows but the last stand one behind
   * the other, and a place always gets the same element, so that scrolling by one row changes one.
   */
  draw(frame: Frame, rows: readonly PlacedRow[]): void {
    while (this.elements.length < rows.length) {
      this.elements.push(new RowElement(this.layer, this.copies));
    }
    const { elements } = this;
    const free = new Set(elements);
    const misfits = rows.filter((placed) => {
      const element = elements[placed.at % elements.length];
      if (!element || !free.delete(element)) return true;
      element.draw(frame, placed);
      return false;
    });
    for (const element of free) {
      const placed = misfits.pop();
      if (placed) element.draw(frame, placed);
      else element.hide();
    }
  }
}

/** The id of the element that shows a row, for `aria-activedescendant`. */
export function rowElementId(row: number): string {
  return `row-${row}`;
}

class RowElement {
  private readonly root = make('div', 'row');
  private readonly indent = make('span', 'indent');
  private readonly twistie = make('span', 'twistie codicon');
  private readonly icon = make('span', 'kind codicon');
  private readonly label = make('span', 'label');
  private readonly detail = make('span', 'detail');
  private readonly mark = make('span', 'mark codicon');
  private readonly orphan = make('span', 'orphan codicon codicon-question');
  private readonly bar = make('span', 'bar');
  private readonly path = make('span', 'path');
  private readonly duration = make('span', 'number');
  private readonly tokens = make('span', 'number tokens');
  private readonly tokenCount = document.createTextNode('');
  private readonly cost = make('span', 'number cost');
  private top: number | undefined;
  private drawn: { readonly frame: Frame; readonly row: number } | undefined;

  constructor(
    layer: HTMLElement,
    private readonly copy: boolean,
  ) {
    const name = make('span', 'name-cell');
    name.append(this.indent, this.twistie, this.icon, this.label, this.detail);
    name.append(this.orphan, this.mark);
    const bars = make('span', 'bar-cell');
    bars.append(this.bar, this.path);
    this.root.append(name, bars, this.duration, this.tokens, this.cost);
    if (!copy) this.root.setAttribute('role', 'treeitem');
    this.label.dir = this.detail.dir = 'auto';
    for (const icon of [this.icon, this.mark, this.orphan]) icon.setAttribute('role', 'img');
    setLabel(this.orphan, 'Its parent has not arrived');
    const unit = make('span', 'hidden-text');
    unit.textContent = ' tokens';
    this.tokens.append(this.tokenCount, unit);
    // Of copies the first lies uppermost: later ones slide away behind it.
    if (copy) layer.prepend(this.root);
    else layer.append(this.root);
  }

  hide(): void {
    this.drawn = undefined;
    this.root.hidden = true;
    this.root.removeAttribute('id');
  }

  draw(frame: Frame, { row, top }: PlacedRow): void {
    if (top !== this.top) this.root.style.transform = `translateY(${top}px)`;
    this.top = top;
    if (this.looksLike(frame, row)) return;
    this.drawn = { frame, row };
    const { columns } = frame;
    const chosen = row === frame.selected ? ' selected' : '';
    this.root.hidden = false;
    this.root.dataset['row'] = String(row);
    this.root.className = `row status-${statusAt(columns, row)} kind-${kindAt(columns, row)}${chosen}`;
    this.drawName(frame, row);
    this.drawBar(frame, row);
    this.drawNumbers(frame, row);
    this.describe(frame, row);
  }

  /** True when drawing would change nothing. */
  private looksLike(frame: Frame, row: number): boolean {
    if (this.drawn?.row !== row) return false;
    const before = this.drawn.frame;
    return (
      before.columns === frame.columns &&
      before.find === frame.find &&
      before.range === frame.range &&
      before.now === frame.now &&
      before.path === frame.path &&
      before.selfTimes === frame.selfTimes &&
      (before.folded === frame.folded || before.folded[row] === frame.folded[row]) &&
      (before.selected === row) === (frame.selected === row)
    );
  }

  private drawName({ columns, folded, find }: Frame, row: number): void {
    const status = statusAt(columns, row);
    this.indent.style.setProperty('--depth', String(columns.depth[row] ?? 0));
    const arrow = !hasChildren(columns, row)
      ? ''
      : folded[row] === 1
        ? 'codicon-chevron-right'
        : 'codicon-chevron-down';
    setClass(this.twistie, `twistie codicon ${arrow}`);
    setClass(this.icon, `kind codicon codicon-${kindIcons[kindAt(columns, row)]}`);
    setLabel(this.icon, kindAt(columns, row));
    setLabel(this.mark, status === 'ok' ? '' : statusWords[status]);
    setText(this.label, nameAt(columns, row), find);
    setText(this.detail, detailAt(columns, row), find);
    setClass(this.mark, status === 'ok' ? 'mark' : `mark codicon codicon-${statusIcons[status]}`);
    this.orphan.hidden = columns.orphan[row] !== 1;
  }

  private drawBar({ columns, range, path }: Frame, row: number): void {
    const duration = columns.duration[row] ?? -1;
    const { left, width, shown } = barOf(columns.start[row] ?? 0, duration, range);
    this.bar.hidden = !shown;
    this.bar.style.left = `${left * 100}%`;
    this.bar.style.width = `${width * 100}%`;
    const stripes = path && pathStripes(path, row, range);
    this.path.hidden = !stripes;
    if (stripes) this.path.style.background = stripes;
    this.root.classList.toggle('on-path', stripes !== undefined);
  }

  private drawNumbers(frame: Frame, row: number): void {
    const { columns } = frame;
    const tokens = columns.tokens[row] ?? -1;
    const cost = columns.cost[row] ?? -1;
    setText(this.duration, durationText(frame, row));
    this.tokenCount.data = tokens < 0 ? '' : formatCount(tokens);
    this.tokens.style.visibility = tokens < 0 ? 'hidden' : '';
    setText(this.cost, cost < 0 ? '' : formatCost(cost));
  }

  /** What a screen reader says beyond the text of the row. */
  private describe({ columns, outline, folded, selected }: Frame, row: number): void {
    const { root } = this;
    root.title = [nameAt(columns, row), detailAt(columns, row)]
      .filter(Boolean)
      .join(' · ')
      .slice(0, 500);
    if (this.copy) return;
    root.id = rowElementId(row);
    root.setAttribute('aria-level', String((columns.depth[row] ?? 0) + 1));
    root.setAttribute('aria-posinset', String(outline.position[row] ?? 1));
    root.setAttribute('aria-setsize', String(outline.siblings[row] ?? 1));
    root.setAttribute('aria-selected', String(row === selected));
    if (hasChildren(columns, row)) root.setAttribute('aria-expanded', String(folded[row] !== 1));
    else root.removeAttribute('aria-expanded');
  }
}

function durationText({ columns, now, selfTimes }: Frame, row: number): string {
  if (selfTimes) return formatDuration(selfTimes[row] ?? 0);
  const duration = columns.duration[row] ?? -1;
  if (duration >= 0) return formatDuration(duration);
  if (statusAt(columns, row) !== 'running') return '';
  return formatDuration(Math.max(0, now - (columns.start[row] ?? 0)));
}

function make(tag: 'div' | 'span', className: string): HTMLElement {
  const element = document.createElement(tag);
  element.className = className;
  return element;
}

function setClass(element: HTMLElement, className: string): void {
  if (element.className !== className) element.className = className;
}

function setLabel(icon: HTMLElement, label: string): void {
  if (icon.ariaLabel === label) return;
  icon.ariaLabel = label;
  icon.ariaHidden = label === '' ? 'true' : null;
}

/** Names of 10 KB exist; no row shows more than this. */
const longestText = 300;

function setText(element: HTMLElement, whole: string, find = ''): void {
  const text = whole.length > longestText ? `${whole.slice(0, longestText)}…` : whole;
  const pieces = highlight(text, find);
  if (pieces.length === 1 && pieces[0]?.hit !== true) {
    if (element.textContent !== text || element.childElementCount > 0) element.textContent = text;
    return;
  }
  element.replaceChildren(
    ...pieces.map((piece) => {
      if (!piece.hit) return piece.text;
      const mark = document.createElement('mark');
      mark.textContent = piece.text;
      return mark;
    }),
  );
}
