import { UserError } from '../../base/errors';
import type { QueryService } from '../../core/reader';
import { searchTraces, type Snippet } from '../../core/search';
import type { Filter } from '../../model/filter';
import { parseFilter } from '../../model/filterParse';
import type { TraceSummary } from '../../model/trace';
import { readArgs, readNumber, wrongUse } from '../args';
import type { Command } from '../cli';
import { openForReading } from '../store';
import { oneLine, painter, traceHeading, type Paint } from '../tree';

const usage = 'glassbox traces [--db FILE] [--filter Q] [--limit N] [--json]';

export const traces: Command = {
  usage,
  summary: 'Lists traces, newest first.',
  async run(args) {
    const { values, positionals } = readArgs(usage, args, {
      db: { type: 'string' },
      filter: { type: 'string', default: '' },
      limit: { type: 'string', default: '50' },
      json: { type: 'boolean', default: false },
    });
    if (positionals.length > 0) throw wrongUse(usage);
    const filter = readFilter(values.filter);
    const limit = readNumber('limit', values.limit, 1);
    const reader = await openForReading(values.db);
    try {
      const found = reader ? await search(reader.query, filter, limit) : [];
      if (values.json) {
        const full = [];
        for (const { traceId } of found) full.push(await reader?.query.trace(traceId));
        process.stdout.write(`${JSON.stringify({ traces: full })}\n`);
      } else {
        const paint = painter(process.stdout);
        for (const trace of found) {
          process.stdout.write(`${traceHeading(trace, paint)}\n`);
          const snippet = filter && (await reader?.query.snippet(trace.traceId, filter));
          if (snippet) process.stdout.write(`  ${snippetLine(snippet, paint)}\n`);
        }
        if (found.length === 0) process.stderr.write('No traces.\n');
      }
      return 0;
    } finally {
      await reader?.close();
    }
  },
};

/** The place that was searched for, in what stands around it. */
function snippetLine({ before, match, after }: Snippet, paint: Paint): string {
  const [dimBefore, dimAfter] = [before, after].map((text) => paint('dim', oneLine(text)));
  return `${dimBefore ?? ''}${paint('bold', oneLine(match))}${dimAfter ?? ''}`;
}

/** Says on a terminal how far it has come when it takes long. */
async function search(
  query: QueryService,
  filter: Filter | undefined,
  limit: number,
): Promise<readonly TraceSummary[]> {
  const tells = process.stderr.isTTY;
  let told = false;
  const { traces } = await searchTraces(
    query,
    { filter, limit },
    {
      onProgress: ({ found, reached }) => {
        if (!tells) return;
        told = true;
        const time = new Date(reached / 1000).toLocaleString();
        process.stderr.write(`\r\x1b[KSearched back to ${time}, found ${String(found)} …`);
      },
    },
  );
  if (told) process.stderr.write('\r\x1b[K');
  return traces;
}

function readFilter(text: string): Filter | undefined {
  const parsed = parseFilter(text);
  if (!('problem' in parsed)) return parsed.filter;
  const pointer = `${' '.repeat(parsed.position)}^`;
  throw new UserError(`${parsed.problem}\n  ${text}\n  ${pointer}`);
}
