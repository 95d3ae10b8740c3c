import type { PageKey, QueryService } from '../engine/services';

/**
 * One trace as OTLP/JSON text, piece by piece: `resourceSpans` as the file format of the
 * OpenTelemetry protocol has it, and beside it the trace's `resourceLogs`.
 */
export async function* exportTrace(
  query: QueryService,
  traceId: string,
): AsyncGenerator<string, void, undefined> {
  yield '{"resourceSpans":[';
  let resourceLogs = '';
  let after: PageKey | undefined;
  let wrote = false;
  do {
    const page = await query.exportPage(traceId, after);
    if (page.resourceSpans !== '') {
      yield wrote ? `,${page.resourceSpans}` : page.resourceSpans;
      wrote = true;
    }
    if (!after) resourceLogs = page.resourceLogs;
    after = page.next;
  } while (after);
  yield resourceLogs === '' ? ']}\n' : `],"resourceLogs":[${resourceLogs}]}\n`;
}
