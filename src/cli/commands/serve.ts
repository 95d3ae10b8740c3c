import type { Command } from '../cli';
import { readArgs, readNumber, wrongUse } from '../args';
import { openForReceiving } from '../store';

const usage = 'glassbox serve [--port N] [--grpc-port N] [--db FILE]';

export const serve: Command = {
  usage,
  summary: 'Receives OpenTelemetry spans until stopped; its first line is the endpoint.',
  async run(args) {
    const { values, positionals } = readArgs(usage, args, {
      port: { type: 'string' },
      'grpc-port': { type: 'string' },
      db: { type: 'string' },
    });
    if (positionals.length > 0) throw wrongUse(usage);
    const grpc = values['grpc-port'];
    const core = await openForReceiving({
      db: values.db,
      port: values.port === undefined ? undefined : readNumber('port', values.port, 0),
      grpcPort: grpc === undefined ? undefined : readNumber('grpc-port', grpc, 0),
      mustOwn: true,
    });
    const { listening } = core;
    process.stdout.write(`http://127.0.0.1:${listening?.port}\n`);
    if (listening?.grpcAddress !== undefined) process.stdout.write(`${listening.grpcAddress}\n`);
    await stopped();
    await core.close();
    return 0;
  },
};

function stopped(): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGINT', () => resolve());
    process.once('SIGTERM', () => resolve());
  });
}
