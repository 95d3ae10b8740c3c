import type { TraceColumns } from './model/columns';
import type { Observation } from './model/observation';
import type { TraceSummary } from './model/trace';

/** What the extension and its pages say to each other; carried by `base/channel`. */

/** A trace as the panel first shows it: every row, no content. */
export interface TraceView {
  readonly trace: TraceSummary;
  readonly columns: TraceColumns;
  /** Microseconds since 1970 by the clock of the host, which may not be that of the page. */
  readonly now: number;
}

/** What the trace page may ask of the extension. */
export interface TraceHost {
  /**
   * The trace this page is for, or undefined when it is gone; with `first`, only so many of its
   * rows, the earliest.
   */
  trace(first?: number): Promise<TraceView | undefined>;
  observation(spanId: string): Promise<Observation | undefined>;
  /** Opens the file an observation came from, if it can be found in the workspace. */
  openSource(spanId: string): Promise<void>;
  /** Opens a file that a stack trace names, if it can be found in the workspace; one-based line. */
  openFile(file: string, line: number): Promise<void>;
  /** Opens text in an editor tab of its own; `language` is a VS Code language id. */
  openText(title: string, language: string, text: string): Promise<void>;
  copy(text: string): Promise<void>;
  /** Shows the target of a link found in a trace and opens it if the user agrees. */
  openLink(url: string): Promise<void>;
  setStarred(starred: boolean): Promise<void>;
}

/** What the extension may tell the trace page. */
export interface TracePage {
  /** The trace has new or changed observations. */
  traceChanged(): Promise<void>;
  select(spanId: string): Promise<void>;
}
