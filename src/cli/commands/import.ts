import { readFile } from 'node:fs/promises';
import { errorCode, UserError } from '../../base/errors';
import { readArgs, wrongUse } from '../args';
import type { Command } from '../cli';
import { openForReceiving } from '../store';

const usage = 'glassbox import FILE [--db FILE]';

export const importCommand: Command = {
  usage,
  summary: 'Adds an OpenTelemetry export (OTLP JSON, JSON lines or protobuf); prints what was new.',
  async run(args) {
    const { values, positionals } = readArgs(usage, args, { db: { type: 'string' } });
    const [file, ...more] = positionals;
    if (file === undefined || more.length > 0) throw wrongUse(usage);
    const body = await readBody(file);
    const core = await openForReceiving({ db: values.db });
    try {
      process.stdout.write(`${JSON.stringify(await core.writes.importTraces(body))}\n`);
      return 0;
    } finally {
      await core.close();
    }
  },
};

async function readBody(file: string) {
  const bytes = await readFile(file).catch((error: unknown) => {
    throw new UserError(`${file} cannot be read (${errorCode(error) ?? 'unknown error'}).`);
  });
  const first = bytes.find((byte) => byte > 0x20);
  return first === 0x7b || first === 0x5b
    ? { json: bytes.toString('utf8') }
    : { base64: bytes.toString('base64') };
}
