import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import { finished } from 'node:stream/promises';
import { UserError } from '../../base/errors';
import { exportTrace } from '../../core/exportTrace';
import { readArgs, wrongUse } from '../args';
import type { Command } from '../cli';
import { openForReading } from '../store';

const usage = 'glassbox export ID [--format otlp-json] [-o FILE] [--db FILE]';

export const exportCommand: Command = {
  usage,
  summary: 'Writes one trace as OpenTelemetry JSON, lossless, to stdout or a file.',
  async run(args) {
    const { values, positionals } = readArgs(usage, args, {
      db: { type: 'string' },
      format: { type: 'string', default: 'otlp-json' },
      output: { type: 'string', short: 'o' },
    });
    const [id, ...more] = positionals;
    if (id === undefined || more.length > 0) throw wrongUse(usage);
    if (values.format !== 'otlp-json') {
      throw new UserError(`there is no format '${values.format}'; use otlp-json.`);
    }
    const reader = await openForReading(values.db);
    if (!reader)
      throw new UserError(`no trace has an id that starts with '${id}': none is stored.`);
    try {
      const traceId = await reader.query.resolveTraceId(id);
      await writeAll(exportTrace(reader.query, traceId), values.output);
      return 0;
    } finally {
      await reader.close();
    }
  },
};

async function writeAll(pieces: AsyncIterable<string>, file: string | undefined): Promise<void> {
  const stream = file === undefined ? process.stdout : createWriteStream(file);
  if (file !== undefined) await once(stream, 'open');
  for await (const piece of pieces) {
    if (!stream.write(piece)) await once(stream, 'drain');
  }
  if (file === undefined) return;
  stream.end();
  await finished(stream);
}
