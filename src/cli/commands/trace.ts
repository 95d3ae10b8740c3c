import { UserError } from '../../base/errors';
import { readArgs, readNumber, wrongUse } from '../args';
import type { Command } from '../cli';
import { writeTraceJson } from '../json';
import { openForReading } from '../store';
import { painter, traceTree } from '../tree';

const usage = 'glassbox trace ID [--db FILE] [--json] [--no-attributes] [--limit N]';

export const trace: Command = {
  usage,
  summary: 'Shows one trace as a tree, or whole as JSON.',
  async run(args) {
    const { values, positionals } = readArgs(usage, args, {
      db: { type: 'string' },
      json: { type: 'boolean', default: false },
      'no-attributes': { type: 'boolean', default: false },
      limit: { type: 'string' },
    });
    const [id, ...more] = positionals;
    if (id === undefined || more.length > 0) throw wrongUse(usage);
    const limit = values.limit === undefined ? undefined : readNumber('limit', values.limit, 1);
    const reader = await openForReading(values.db);
    if (!reader)
      throw new UserError(`no trace has an id that starts with '${id}': none is stored.`);
    try {
      const traceId = await reader.query.resolveTraceId(id);
      if (values.json) {
        const write = (text: string) => void process.stdout.write(text);
        const attributes = !values['no-attributes'];
        await writeTraceJson(reader.query, traceId, { write, attributes, limit });
        write('\n');
        return 0;
      }
      const view = await reader.query.view(traceId);
      if (view) {
        process.stdout.write(traceTree(view.trace, view.columns, painter(process.stdout)));
      }
      return 0;
    } finally {
      await reader.close();
    }
  },
};
