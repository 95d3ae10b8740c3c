import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { control } from '../../src/dialects/observe';
import type { LogRecord, Span } from '../../src/model/span';
import { decodeLogs, decodeTraces } from '../../src/otlp/decode';

/** What a real SDK exported: `SDK/CASE.otlp`, and its log records in `SDK/CASE.logs.otlp`. */
export interface Fixture {
  readonly name: string;
  /** Every delivery, in the order of arrival, after `control`. */
  readonly spans: readonly Span[];
  readonly logsOf: (span: Span) => readonly LogRecord[];
}

const folder = join(import.meta.dirname, 'fixtures');

export const expectedFile = (name: string) => join(folder, `${name}.expected.json`);

/** All fixtures, read. */
export function fixtures(): readonly Fixture[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => path.endsWith('.otlp') && !path.endsWith('.logs.otlp'))
    .map((path) => readFixture(path.slice(0, -'.otlp'.length)))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

function readFixture(name: string): Fixture {
  const traces = decodeTraces(readFileSync(join(folder, `${name}.otlp`)));
  if ('malformed' in traces) throw new Error(`${name}: ${traces.malformed}`);
  const logs = readLogs(join(folder, `${name}.logs.otlp`));
  return {
    name,
    spans: traces.items.flatMap(({ span }) => control(span) ?? []),
    logsOf: ({ traceId, spanId }) =>
      logs.filter((log) => log.traceId === traceId && log.spanId === spanId),
  };
}

function readLogs(file: string): readonly LogRecord[] {
  if (!existsSync(file)) return [];
  const logs = decodeLogs(readFileSync(file));
  if ('malformed' in logs) throw new Error(`${file}: ${logs.malformed}`);
  return logs.items.map(({ log }) => log);
}
