import { UserError } from '../base/errors';
import { decodeLogs, decodeTraces, type DecodedLog, type DecodedSpan } from '../otlp/decode';
import { logsFromJson, tracesFromJson } from '../otlp/json';
import { maskLogs, maskTraces } from '../otlp/mask';
import type { ImportBody } from './services';

interface Imported {
  readonly spans: readonly DecodedSpan[];
  readonly logs: readonly DecodedLog[];
}

/**
 * Reads an export: OTLP/JSON (one document, or one a line as the Collector's file exporter
 * writes) or an OTLP protobuf request. Throws a `UserError` that names what is wrong.
 */
export function decodeImport(body: ImportBody): Imported {
  const decoded =
    'json' in body ? fromJson(body.json) : [spansOf(Buffer.from(body.base64, 'base64'))];
  const spans = decoded.flatMap((part) => part.spans);
  const logs = decoded.flatMap((part) => part.logs);
  if (spans.length + logs.length === 0) {
    throw new UserError('The file holds no OpenTelemetry spans.');
  }
  return { spans, logs };
}

function fromJson(text: string): readonly Imported[] {
  return documents(text).map((document) => {
    const traces = tracesFromJson(document);
    const logs = logsFromJson(document);
    if ('malformed' in traces) throw new UserError(`Not OTLP/JSON: ${traces.malformed}.`);
    return {
      spans: spansOf(traces.body).spans,
      logs: 'malformed' in logs ? [] : logsOf(logs.body),
    };
  });
}

/** The whole text as one document, else a document a line. */
function documents(text: string): readonly string[] {
  try {
    JSON.parse(text);
    return [text];
  } catch {
    return text.split('\n').filter((line) => line.trim() !== '');
  }
}

function spansOf(body: Uint8Array): Imported {
  maskTraces(body);
  const decoded = decodeTraces(body);
  if ('malformed' in decoded) throw new UserError(`Not an OTLP export: ${decoded.malformed}.`);
  return { spans: decoded.items, logs: [] };
}

function logsOf(body: Uint8Array): readonly DecodedLog[] {
  maskLogs(body);
  const decoded = decodeLogs(body);
  return 'malformed' in decoded ? [] : decoded.items;
}
