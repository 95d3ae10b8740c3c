import type { LogBytes, SpanRecord } from '../model/record';
import { isRecord } from '../model/value';
import type { Malformed } from './decode';
import { groupByBytes, type Enveloped } from './encode';
import { encodeJson } from './fromJson';
import {
  logRecord,
  logsRequest,
  resource,
  scope,
  span,
  tracesRequest,
  type Schema,
} from './schema';
import { messageToJson, type JsonMessage } from './toJson';

/** OTLP/JSON, as it comes in and as it goes out. */

/** The text of a JSON `ExportTraceServiceRequest` as the bytes of a protobuf one. */
export function tracesFromJson(text: string): { readonly body: Uint8Array } | Malformed {
  return requestFromJson(tracesRequest, text);
}

/** The text of a JSON `ExportLogsServiceRequest` as the bytes of a protobuf one. */
export function logsFromJson(text: string): { readonly body: Uint8Array } | Malformed {
  return requestFromJson(logsRequest, text);
}

/** Stored spans as a JSON `ExportTraceServiceRequest`; times in nanoseconds, as text. */
export function tracesToJson(records: readonly SpanRecord[]): {
  readonly resourceSpans: readonly JsonMessage[];
} {
  const items = records.map(({ span, ...envelope }) => ({ item: span, ...envelope }));
  return {
    resourceSpans: groupsToJson(items, (scoped) => ({
      scopeSpans: scoped.map(({ scope, items }) => ({
        scope,
        spans: items.map((item) => messageToJson(span, item)),
      })),
    })),
  };
}

/** Stored log records as a JSON `ExportLogsServiceRequest`. */
export function logsToJson(records: readonly LogBytes[]): {
  readonly resourceLogs: readonly JsonMessage[];
} {
  const items = records.map(({ log, ...envelope }) => ({ item: log, ...envelope }));
  return {
    resourceLogs: groupsToJson(items, (scoped) => ({
      scopeLogs: scoped.map(({ scope, items }) => ({
        scope,
        logRecords: items.map((item) => messageToJson(logRecord, item)),
      })),
    })),
  };
}

function requestFromJson(schema: Schema, text: string): { readonly body: Uint8Array } | Malformed {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    return { malformed: `The body is not JSON (${(error as Error).message})` };
  }
  if (!isRecord(json)) return { malformed: 'The body is not a JSON object' };
  const { body, problem } = encodeJson(schema, json, text.length);
  return problem === '' ? { body } : { malformed: problem };
}

interface Scoped {
  readonly scope: JsonMessage;
  readonly items: readonly Uint8Array[];
}

function groupsToJson(
  items: readonly Enveloped[],
  toJson: (scoped: readonly Scoped[]) => JsonMessage,
): readonly JsonMessage[] {
  return groupByBytes(items, (item) => item.resource).map((ofResource) => ({
    resource: messageToJson(resource, ofResource.bytes),
    ...toJson(
      groupByBytes(ofResource.members, (item) => item.scope).map((ofScope) => ({
        scope: messageToJson(scope, ofScope.bytes),
        items: ofScope.members.map(({ item }) => item),
      })),
    ),
  }));
}
