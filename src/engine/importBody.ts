import { UserError } from '../base/errors';
import type { MaskSecrets } from '../base/secrets';
import { givenScoreOf } from '../dialects/evaluationRecord';
import type { GivenScore } from '../model/score';
import { decodeLogs, decodeTraces, type DecodedLog, type DecodedSpan } from '../otlp/decode';
import { logsFromJson, tracesFromJson } from '../otlp/json';
import { maskLogs, maskTraces } from '../otlp/mask';
import type { ImportBody } from './services';

interface Imported {
  readonly spans: readonly DecodedSpan[];
  readonly logs: readonly DecodedLog[];
}

interface ImportedAll extends Imported {
  /** What was scored by hand where the export was made. */
  readonly scores: readonly { readonly traceId: string; readonly score: GivenScore }[];
}

/**
 * Reads an export: OTLP/JSON (one document, or one a line as the Collector's file exporter
 * writes) or an OTLP protobuf request. Throws a `UserError` that names what is wrong.
 */
export function decodeImport(body: ImportBody, mask: MaskSecrets): ImportedAll {
  const decoded =
    'json' in body
      ? fromJson(body.json, mask)
      : [spansOf(Buffer.from(body.base64, 'base64'), mask)];
  const spans = decoded.flatMap((part) => part.spans);
  const all = decoded.flatMap((part) => part.logs);
  if (spans.length + all.length === 0) {
    throw new UserError('The file holds no OpenTelemetry spans.');
  }
  const logs = all.filter(({ log }) => givenScoreOf(log) === undefined);
  const scores = all.flatMap(({ log }) => {
    const score = givenScoreOf(log);
    return score ? { traceId: log.traceId, score } : [];
  });
  return { spans, logs, scores };
}

function fromJson(text: string, mask: MaskSecrets): readonly Imported[] {
  return documents(text).map((document) => {
    const traces = tracesFromJson(document);
    const logs = logsFromJson(document);
    if ('malformed' in traces) throw new UserError(`Not OTLP/JSON: ${traces.malformed}.`);
    return {
      spans: spansOf(traces.body, mask).spans,
      logs: 'malformed' in logs ? [] : logsOf(logs.body, mask),
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

function spansOf(body: Uint8Array, mask: MaskSecrets): Imported {
  maskTraces(body, mask);
  const decoded = decodeTraces(body);
  if ('malformed' in decoded) throw new UserError(`Not an OTLP export: ${decoded.malformed}.`);
  return { spans: decoded.items, logs: [] };
}

function logsOf(body: Uint8Array, mask: MaskSecrets): readonly DecodedLog[] {
  maskLogs(body, mask);
  const decoded = decodeLogs(body);
  return 'malformed' in decoded ? [] : decoded.items;
}
