import type { TraceSummary } from '../model/trace';
import type { TraceNode } from './traceNodes';

/** The traces a list shows, newest first, kept up to date as traces change. */
export class TraceList {
  private readonly traces = new Map<string, TraceSummary>();
  private sorted: readonly TraceSummary[] | undefined;

  get all(): readonly TraceSummary[] {
    this.sorted ??= [...this.traces.values()].sort(newestFirst);
    return this.sorted;
  }

  replace(traces: readonly TraceSummary[]): void {
    this.traces.clear();
    this.put(traces);
  }

  put(traces: readonly TraceSummary[]): void {
    for (const trace of traces) this.traces.set(trace.traceId, trace);
    this.sorted = undefined;
  }

  remove(traceIds: readonly string[]): void {
    for (const traceId of traceIds) this.traces.delete(traceId);
    this.sorted = undefined;
  }

  /** Sessions stand where their newest trace stands; what is no agent's work is folded at the end. */
  nodes({ more, muted }: Shown): readonly TraceNode[] {
    const nodes: TraceNode[] = [];
    const sessions = Map.groupBy(
      this.all.filter((trace) => trace.ai && trace.sessionId !== undefined),
      (trace) => trace.sessionId ?? '',
    );
    const placed = new Set<string>();
    for (const trace of this.all) {
      if (!trace.ai) continue;
      if (trace.sessionId === undefined) {
        nodes.push({ type: 'trace', trace });
      } else if (!placed.has(trace.sessionId)) {
        placed.add(trace.sessionId);
        const traces = sessions.get(trace.sessionId) ?? [];
        nodes.push({ type: 'session', sessionId: trace.sessionId, traces });
      }
    }
    if (more) nodes.push({ type: 'more' });
    const others = this.all.filter((trace) => !trace.ai && !muted.has(serviceOf(trace)));
    if (others.length > 0) nodes.push({ type: 'others', traces: others });
    return nodes;
  }
}

export interface Shown {
  /** Whether the store has older traces than these. */
  readonly more: boolean;
  /** Services whose traces are left out. */
  readonly muted: ReadonlySet<string>;
}

/** Muting is by this name. */
export function serviceOf(trace: TraceSummary): string {
  return trace.serviceName ?? '(no service name)';
}

function newestFirst(a: TraceSummary, b: TraceSummary): number {
  return b.startTime - a.startTime || (a.traceId < b.traceId ? 1 : -1);
}
