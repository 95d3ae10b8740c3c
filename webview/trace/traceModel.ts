import { batch, computed, signal } from '@preact/signals';
import { isUserError, toError } from '../../src/base/errors';
import { kindAt, spanIdAt, type TraceColumns } from '../../src/model/columns';
import { criticalPath, selfTimes } from '../../src/model/criticalPath';
import type { Observation, ObservationKind } from '../../src/model/observation';
import type { TraceHost, TraceView } from '../../src/protocol';
import type { PartHost } from '../ui/host';
import { foldLimit, type Arrangement, type TabId, type ViewId } from './arrangement';
import { findRows, nextMatch } from './find';
import { foldedIds, foldedRows, outlineOf, reveal, rowOf, visibleRows } from './outline';
import { throttle } from './throttle';
import type { TimeRange } from './timeRange';

/** What the details show: one observation, or why there is none. */
export type Details =
  | { readonly state: 'loading'; readonly spanId: string }
  | { readonly state: 'ready'; readonly spanId: string; readonly observation: Observation }
  | { readonly state: 'missing'; readonly spanId: string; readonly reason: string };

export interface Find {
  readonly text: string;
  readonly open: boolean;
}

/** At most this often are the rows of a growing trace fetched: every 250 ms. */
const refreshIntervalMs = 250;
/** So many rows of a trace are asked for ahead of the rest, to have something to show. */
const firstRows = 2000;

/**
 * The state of the page: the trace as last fetched, and what the reader looks at. Components
 * read signals; everything that changes them is a method here.
 */
export class TraceModel {
  readonly view = signal<TraceView | undefined>(undefined);
  readonly failure = signal<string | undefined>(undefined);
  /** Why the last thing the reader asked of the extension was not done. */
  readonly notice = signal<string | undefined>(undefined);
  readonly folded = signal<Uint8Array>(new Uint8Array(0));
  readonly selectedId = signal<string | undefined>(undefined);
  readonly details = signal<Details | undefined>(undefined);
  readonly find = signal<Find>({ text: '', open: false });
  readonly layout = signal<ViewId>('tree');
  readonly tab = signal<TabId>('conversation');
  readonly split = signal(0);
  readonly names = signal(0);
  readonly raw = signal(false);

  /** The part of the time axis that shows; undefined for all of it. */
  readonly range = signal<TimeRange | undefined>(undefined);
  /** The first and last row on the screen. */
  readonly shown = signal({ first: 0, last: 0 });
  readonly showsPath = signal(false);
  readonly showsSelfTime = signal(false);

  readonly outline = computed(() => this.view.value && outlineOf(this.view.value.columns));
  readonly selfTimes = computed(() => {
    const { view, outline } = this;
    return view.value && outline.value && selfTimes(view.value.columns, outline.value.end);
  });
  readonly shownSelfTimes = computed(() =>
    this.showsSelfTime.value ? this.selfTimes.value : undefined,
  );
  readonly path = computed(() => {
    const { view, outline } = this;
    if (!this.showsPath.value || !view.value || !outline.value) return undefined;
    return criticalPath(view.value.columns, outline.value.end);
  });
  readonly visible = computed(() =>
    this.view.value ? visibleRows(this.view.value.columns, this.folded.value) : new Uint32Array(0),
  );
  readonly selectedRow = computed(() =>
    this.view.value && this.selectedId.value
      ? rowOf(this.view.value.columns, this.selectedId.value, this.guess)
      : -1,
  );
  readonly matches = computed(() =>
    this.view.value && this.find.value.open
      ? findRows(this.view.value.columns, this.find.value.text)
      : new Uint32Array(0),
  );
  readonly arrangement = computed<Arrangement>(() => ({
    selected: this.selectedId.value,
    layout: this.layout.value,
    tab: this.tab.value,
    split: this.split.value,
    names: this.names.value,
    raw: this.raw.value,
    path: this.showsPath.value,
    folded: this.foldedIds.value.slice(0, foldLimit),
  }));

  /** The extension as the parts of the page see it. */
  readonly parts: PartHost = {
    copy: (text) => this.ask((host) => host.copy(text)),
    openText: (title, language, text) => this.ask((host) => host.openText(title, language, text)),
    openLink: (url) => this.ask((host) => host.openLink(url)),
  };

  /** Fetches the rows again, soon; many calls make few fetches. */
  readonly refresh: () => void;
  private readonly foldedIds = signal<readonly string[]>([]);
  private readonly fetchDetails: () => void;
  /** Where the selected span was last seen. */
  private guess = -1;

  constructor(
    private readonly host: TraceHost,
    stored: Arrangement,
  ) {
    this.selectedId.value = stored.selected;
    this.layout.value = stored.layout;
    this.tab.value = stored.tab;
    this.split.value = stored.split;
    this.names.value = stored.names;
    this.raw.value = stored.raw;
    this.showsPath.value = stored.path;
    this.foldedIds.value = stored.folded;
    this.refresh = throttle(() => this.fetchRows(), refreshIntervalMs);
    this.fetchDetails = throttle(() => this.fetchObservation(), 0);
  }

  /** Asks something of the extension; a failure becomes the notice. Resolves to whether it was done. */
  async ask(question: (host: TraceHost) => Promise<void>): Promise<boolean> {
    try {
      this.notice.value = undefined;
      await question(this.host);
      return true;
    } catch (error) {
      this.notice.value = sentenceOf(error);
      return false;
    }
  }

  select(row: number): void {
    const columns = this.view.value?.columns;
    if (!columns || row < 0 || row >= columns.count) return;
    this.guess = row;
    this.selectSpan(spanIdAt(columns, row));
  }

  /** Chooses a span and opens what is folded above it. */
  selectSpan(spanId: string): void {
    const columns = this.view.value?.columns;
    const folded = this.folded.value.slice();
    batch(() => {
      if (columns && reveal(columns, folded, rowOf(columns, spanId, this.guess)))
        this.setFolds(folded);
      if (this.selectedId.value === spanId && this.details.value?.spanId === spanId) return;
      this.selectedId.value = spanId;
      this.fetchDetails();
    });
  }

  /** Opens or closes subtrees; a selection that is folded away moves to what hides it. */
  fold(rows: Iterable<number>, closed: boolean): void {
    const columns = this.view.value?.columns;
    if (!columns) return;
    const folded = this.folded.value.slice();
    for (const row of rows) folded[row] = Number(closed && (columns.subtree[row] ?? 1) > 1);
    batch(() => {
      this.setFolds(folded);
      const hiding = outermostFold(columns, folded, this.selectedRow.value);
      if (hiding >= 0) this.select(hiding);
    });
  }

  foldAll(closed: boolean): void {
    const columns = this.view.value?.columns;
    if (!columns) return;
    this.fold(
      rowsWith(columns, (row) => !closed || (columns.depth[row] ?? 0) > 0),
      closed,
    );
  }

  /** Shows so many levels and closes those below; 1 leaves the roots. */
  foldToDepth(levels: number): void {
    const columns = this.view.value?.columns;
    if (!columns) return;
    batch(() => {
      this.foldAll(false);
      this.fold(
        rowsWith(columns, (row) => columns.depth[row] === levels - 1),
        true,
      );
    });
  }

  /** Closes or opens every observation of a kind. */
  foldKind(kind: ObservationKind, closed: boolean): void {
    const columns = this.view.value?.columns;
    if (!columns) return;
    this.fold(
      rowsWith(columns, (row) => kindAt(columns, row) === kind),
      closed,
    );
  }

  setShown(first: number, last: number): void {
    const shown = this.shown.peek();
    if (shown.first !== first || shown.last !== last) this.shown.value = { first, last };
  }

  foldSubtree(row: number, closed: boolean): void {
    const size = this.view.value?.columns.subtree[row] ?? 1;
    this.fold(
      Array.from({ length: size }, (_, index) => row + index),
      closed,
    );
  }

  unfoldSiblings(row: number): void {
    const columns = this.view.value?.columns;
    if (!columns) return;
    const parent = columns.parent[row];
    this.fold(
      rowsWith(columns, (other) => columns.parent[other] === parent),
      false,
    );
  }

  canFold(row: number): boolean {
    return (this.view.value?.columns.subtree[row] ?? 1) > 1;
  }

  selectFirstError(): void {
    const spanId = this.view.value?.trace.firstError?.spanId;
    if (spanId !== undefined) this.selectSpan(spanId);
  }

  findText(text: string): void {
    this.find.value = { text, open: true };
    const match = nextMatch(this.matches.value, Math.max(0, this.selectedRow.value), 1);
    if (match >= 0) this.select(match);
  }

  findNext(direction: 1 | -1): void {
    const from = this.selectedRow.value + direction;
    const match = nextMatch(this.matches.value, from, direction);
    if (match >= 0) this.select(match);
  }

  closeFind(): void {
    this.find.value = { text: '', open: false };
  }

  private setFolds(folded: Uint8Array): void {
    const columns = this.view.value?.columns;
    this.folded.value = folded;
    if (columns) this.foldedIds.value = foldedIds(columns, folded);
  }

  private async fetchRows(): Promise<void> {
    try {
      const begins = this.view.value === undefined;
      const view = await this.host.trace(begins ? firstRows : undefined);
      this.failure.value = undefined;
      if (view && begins && view.columns.count < view.trace.observationCount) {
        this.takeFirst(view);
        const whole = await this.host.trace();
        if (whole) this.takeView(whole);
      } else if (view) this.takeView(view);
      else if (this.view.value) this.failure.value = 'This trace has been deleted.';
      else this.failure.value = 'This trace is gone: it was deleted, or the store let it go.';
    } catch (error) {
      this.failure.value = sentenceOf(error);
    }
  }

  /** Shows the first rows; where the reader was may lie among those still to come. */
  private takeFirst(view: TraceView): void {
    if (this.selectedId.value === undefined) this.takeView(view);
    else this.view.value = view;
  }

  private takeView(view: TraceView): void {
    const changed = this.selectionChanged(view);
    batch(() => {
      this.view.value = view;
      this.folded.value = foldedRows(view.columns, this.foldedIds.value);
      if (this.selectedRow.value < 0) {
        const root = rowOf(view.columns, view.trace.rootSpanId);
        this.select(Math.max(0, root));
      } else if (changed) {
        this.fetchDetails();
      }
    });
  }

  /** True when the selected row is not what it was, so that its details must be read again. */
  private selectionChanged(next: TraceView): boolean {
    const { value: last } = this.view;
    const spanId = this.selectedId.value;
    if (!last || !spanId || this.details.value?.spanId !== spanId) return true;
    const before = this.selectedRow.value;
    const after = rowOf(next.columns, spanId, before);
    const state = ({ status, duration, tokens, cost }: TraceColumns, row: number) =>
      [status[row], duration[row], tokens[row], cost[row]].join();
    return state(last.columns, before) !== state(next.columns, after);
  }

  private async fetchObservation(): Promise<void> {
    const spanId = this.selectedId.value;
    if (spanId === undefined) return;
    if (this.details.value?.spanId !== spanId) this.details.value = { state: 'loading', spanId };
    const read = await this.readObservation(spanId);
    if (this.selectedId.value === spanId) this.details.value = read;
  }

  private async readObservation(spanId: string): Promise<Details> {
    try {
      const observation = await this.host.observation(spanId);
      if (observation) return { state: 'ready', spanId, observation };
      return { state: 'missing', spanId, reason: 'This observation is no longer stored.' };
    } catch (error) {
      return { state: 'missing', spanId, reason: sentenceOf(error) };
    }
  }
}

/** The topmost closed row above a row, or -1 when it shows. */
function outermostFold(columns: TraceColumns, folded: Uint8Array, row: number): number {
  let hiding = -1;
  for (let above = columns.parent[row] ?? -1; above >= 0; above = columns.parent[above] ?? -1) {
    if (folded[above] === 1) hiding = above;
  }
  return hiding;
}

function* rowsWith(columns: TraceColumns, test: (row: number) => boolean): Generator<number> {
  for (let row = 0; row < columns.count; row++) if (test(row)) yield row;
}

function sentenceOf(thrown: unknown): string {
  const error = toError(thrown);
  return isUserError(error) ? error.message : `Something went wrong: ${error.message}`;
}
