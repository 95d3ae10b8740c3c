import { effect } from '@preact/signals';
import type { Disposable } from '../../src/base/disposable';
import { Disposables } from '../../src/base/disposable';
import { spanIdAt, type TraceColumns } from '../../src/model/columns';
import { placeOf, rowOf } from './outline';
import { rowElementId, rowHeight, RowPool, type Frame } from './rowPool';
import { stickyLimit, stickyRows } from './stickyRows';
import type { TimeRange } from './timeRange';
import { offsetShowing, scrollMapOf, toOffset, toScrollTop, type ScrollMap } from './scrollMap';
import type { TraceModel } from './traceModel';
import { offsetOfAnchor, placedRows, type Anchor } from './viewport';

export interface TreeElements {
  /** Scrolls and holds the focus. */
  readonly scroller: HTMLElement;
  /** As high as all rows; the rows lie in it. */
  readonly layer: HTMLElement;
  /** Lies over the top of the rows and holds the ancestors of the topmost. */
  readonly sticky: HTMLElement;
}

/**
 * The scrolled part of the tree, drawn by hand for speed: at most once a frame, in a pool of
 * rows. It owns the scroll position, in row pixels, of which the scroll bar is only a picture.
 */
export class TreeView implements Disposable {
  private readonly pool: RowPool;
  private readonly stickyPool: RowPool;
  private readonly disposables = new Disposables();
  private offset = 0;
  private viewport = 0;
  private frame: number | undefined;
  /** The scroll position we set ourselves, whose event must not move the rows. */
  private ownScrollTop = 0;
  private shownColumns: TraceColumns | undefined;
  private shownSelection: string | undefined;
  private shownVisible: Uint32Array = new Uint32Array(0);

  constructor(
    private readonly model: TraceModel,
    private readonly elements: TreeElements,
    private readonly clock: { range(): TimeRange; now(): number },
  ) {
    this.pool = new RowPool(elements.layer);
    this.stickyPool = new RowPool(elements.sticky, true);
    const { scroller } = elements;
    const resize = new ResizeObserver(() => this.measure());
    resize.observe(scroller);
    this.disposables.defer(() => resize.disconnect());
    const onScroll = () => this.scrolled();
    scroller.addEventListener('scroll', onScroll, { passive: true });
    this.disposables.defer(() => scroller.removeEventListener('scroll', onScroll));
    this.disposables.defer(effect(() => this.modelChanged()));
  }

  /** Rows that fit into the viewport. */
  get page(): number {
    return Math.floor(this.viewport / rowHeight);
  }

  /** Brings a row into the middle of the viewport, or what it is folded into. */
  show(row: number): void {
    const at = placeOf(this.model.visible.peek(), row);
    this.scrollTo(at * rowHeight - this.viewport / 2);
    this.schedule();
  }

  dispose(): void {
    if (this.frame !== undefined) cancelAnimationFrame(this.frame);
    this.disposables.dispose();
  }

  /** Draws with the next frame; the same rows with a later clock, too. */
  schedule(): void {
    this.frame ??= requestAnimationFrame(() => {
      this.frame = undefined;
      this.draw();
    });
  }

  private get map(): ScrollMap {
    return scrollMapOf(this.model.visible.peek().length, rowHeight, this.viewport);
  }

  private measure(): void {
    const { scroller } = this.elements;
    this.viewport = scroller.clientHeight;
    const bar = scroller.offsetWidth - scroller.clientWidth;
    scroller.closest<HTMLElement>('.tree')?.style.setProperty('--scrollbar', `${bar}px`);
    this.resize();
    this.schedule();
  }

  private resize(): void {
    this.elements.layer.style.height = `${this.map.physical}px`;
    this.scrollTo(this.offset);
  }

  private scrolled(): void {
    const { scrollTop } = this.elements.scroller;
    if (Math.abs(scrollTop - this.ownScrollTop) < 1) return;
    this.ownScrollTop = scrollTop;
    this.offset = toOffset(this.map, scrollTop);
    this.draw();
  }

  private scrollTo(offset: number): void {
    const { map } = this;
    this.offset = Math.min(Math.max(0, offset), Math.max(0, map.full - map.viewport));
    this.elements.scroller.scrollTop = toScrollTop(map, this.offset);
    this.ownScrollTop = this.elements.scroller.scrollTop;
  }

  private modelChanged(): void {
    const { view, visible, selectedId, find, outline } = this.model;
    const columns = view.value?.columns;
    const replaced = columns !== this.shownColumns ? this.shownColumns : undefined;
    const anchor = replaced && this.anchorIn(replaced);
    const selected = selectedId.value;
    const { path, shownSelfTimes } = this.model;
    void [visible.value, find.value, outline.value, path.value, shownSelfTimes.value];
    if (!columns) return;
    this.resize();
    if (anchor) this.keep(columns, anchor);
    if (selected !== this.shownSelection) this.showSelection();
    this.shownColumns = columns;
    this.shownSelection = selected;
    this.shownVisible = visible.value;
    this.schedule();
  }

  /** The selected row if it shows, else the topmost one; none while at the very top. */
  private anchorIn(columns: TraceColumns): Anchor | undefined {
    if (this.offset === 0) return undefined;
    const selected = this.shownSelection ? rowOf(columns, this.shownSelection) : -1;
    const selectedAt = placeOf(this.shownVisible, selected);
    const below = selectedAt * rowHeight - this.offset;
    if (this.shownVisible[selectedAt] === selected && below >= 0 && below < this.viewport) {
      return { spanId: spanIdAt(columns, selected), below };
    }
    const topAt = Math.floor(this.offset / rowHeight);
    const top = this.shownVisible[topAt];
    if (top === undefined) return undefined;
    return { spanId: spanIdAt(columns, top), below: topAt * rowHeight - this.offset };
  }

  private keep(columns: TraceColumns, anchor: Anchor): void {
    const row = rowOf(columns, anchor.spanId);
    if (row < 0) return;
    const top = placeOf(this.model.visible.peek(), row) * rowHeight;
    this.scrollTo(offsetOfAnchor(this.map, top, anchor));
  }

  private showSelection(): void {
    const row = this.model.selectedRow.peek();
    if (row < 0 || this.viewport === 0) return;
    const top = placeOf(this.model.visible.peek(), row) * rowHeight;
    const offset = offsetShowing(this.map, { top, height: rowHeight }, this.offset);
    // Its ancestors will stand over the top of the viewport, and must not stand over it.
    const depth = this.model.view.peek()?.columns.depth[row] ?? 0;
    const covered = Math.min(depth, stickyLimit(this.viewport, rowHeight)) * rowHeight;
    this.scrollTo(Math.min(offset, top - covered));
  }

  private draw(): void {
    const { view, outline, folded, find, visible, selectedRow } = this.model;
    const columns = view.peek()?.columns;
    const lines = outline.peek();
    if (!columns || !lines) return;
    const selected = selectedRow.peek();
    const frame = {
      columns,
      outline: lines,
      folded: folded.peek(),
      selected,
      find: find.peek().open ? find.peek().text : '',
      range: this.clock.range(),
      now: this.clock.now(),
      path: this.model.path.peek(),
      selfTimes: this.model.shownSelfTimes.peek(),
    };
    const { map, offset } = this;
    const rows = placedRows({ visible: visible.peek(), rowHeight, map, offset, kept: selected });
    this.pool.draw(frame, rows);
    this.drawSticky(frame);
    const shown = rows.some(({ row }) => row === selected);
    if (shown) this.elements.scroller.setAttribute('aria-activedescendant', rowElementId(selected));
    else this.elements.scroller.removeAttribute('aria-activedescendant');
  }

  private drawSticky(frame: Frame): void {
    const { offset, viewport } = this;
    const visible = this.model.visible.peek();
    const { columns } = frame;
    const rows = stickyRows({ columns, visible, rowHeight, offset, viewport });
    this.stickyPool.draw(
      frame,
      rows.map(({ row, top }, at) => ({ row, at, top })),
    );
    const height = Math.max(0, ...rows.map(({ top }) => top + rowHeight));
    this.elements.sticky.style.height = `${height}px`;
    this.model.setShown(
      visible[Math.floor(offset / rowHeight)] ?? 0,
      visible[Math.min(visible.length, Math.ceil((offset + viewport) / rowHeight)) - 1] ?? 0,
    );
  }
}
