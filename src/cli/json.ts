import type { QueryService } from '../core/reader';

/** Writes JSON piece by piece, so that a trace of any size needs the memory of one page. */

export interface TraceJsonOptions {
  readonly attributes: boolean;
  readonly limit?: number;
}

export type Write = (text: string) => void;

/** One object: the trace with `observations`; nothing when the trace is gone. */
export async function writeTraceJson(
  query: QueryService,
  traceId: string,
  { write, attributes, limit = Infinity }: TraceJsonOptions & { readonly write: Write },
): Promise<void> {
  const trace = await query.trace(traceId);
  if (!trace) return;
  write(`${JSON.stringify(trace).slice(0, -1)},"observations":[`);
  let written = 0;
  let after: Parameters<QueryService['observations']>[1];
  do {
    const page = await query.observations(traceId, after, Math.min(200, limit - written));
    for (const observation of page.observations) {
      const { attributes: all, ...rest } = observation;
      const text = JSON.stringify(attributes ? { ...rest, attributes: all } : rest);
      write(written++ === 0 ? text : `,${text}`);
    }
    after = page.next;
  } while (after && written < limit);
  write(']}');
}
