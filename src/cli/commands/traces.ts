import { UserError } from '../../base/errors';
import type { Filter } from '../../model/filter';
import { parseFilter } from '../../model/filterParse';
import { readArgs, readNumber, wrongUse } from '../args';
import type { Command } from '../cli';
import { openForReading } from '../store';
import { painter, traceHeading } from '../tree';

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
      const found = (await reader?.query.traces({ filter, limit })) ?? [];
      if (values.json) {
        const full = [];
        for (const { traceId } of found) full.push(await reader?.query.trace(traceId));
        process.stdout.write(`${JSON.stringify({ traces: full })}\n`);
      } else {
        const paint = painter(process.stdout);
        for (const trace of found) process.stdout.write(`${traceHeading(trace, paint)}\n`);
        if (found.length === 0) process.stderr.write('No traces.\n');
      }
      return 0;
    } finally {
      await reader?.close();
    }
  },
};

function readFilter(text: string): Filter | undefined {
  const parsed = parseFilter(text);
  if (!('problem' in parsed)) return parsed.filter;
  const pointer = `${' '.repeat(parsed.position)}^`;
  throw new UserError(`${parsed.problem}\n  ${text}\n  ${pointer}`);
}
