import type { ObservationEvent } from '../model/observation';
import type { Attributes, LogRecord, Span } from '../model/span';
import type { Json } from '../model/value';
import type { Content, Dialect } from './dialect';
import { isGenAiEvent } from './genaiEvents';
import { toJson } from './json';

export interface AgreedContent {
  readonly fields: Content;
  /** Field → the dialect that gave it. */
  readonly dialect: Readonly<Record<string, string>>;
}

/**
 * The content of several dialects as one: of each field the first dialect that knows it, but
 * metadata and model parameters member by member.
 */
export function agreeOnContent(
  span: Span,
  logs: readonly LogRecord[],
  speaking: readonly Dialect[],
): AgreedContent {
  const fields: Record<string, unknown> = {};
  const dialect: Record<string, string> = {};
  for (const one of speaking) {
    for (const [key, value] of Object.entries(one.content(span, logs)) as [string, unknown][]) {
      if (value === undefined) continue;
      if (fields[key] === undefined) {
        fields[key] = value;
        dialect[key] = one.name;
      } else if (key === 'metadata' || key === 'modelParameters') {
        fields[key] = { ...(value as object), ...(fields[key] as object) };
      }
    }
  }
  return { fields, dialect };
}

/** Events of the span, and its log records that are not the conversation itself. */
export function eventsOf(span: Span, logs: readonly LogRecord[]): readonly ObservationEvent[] {
  const events = span.events.map(({ name, time, attributes }) => ({
    name,
    time,
    attributes: plainRecord(attributes, ''),
  }));
  const records = logs
    .filter((log) => !isGenAiEvent(log))
    .map((log) => ({
      name: log.eventName === '' ? 'log' : log.eventName,
      time: log.time,
      attributes: {
        ...plainRecord(log.attributes, ''),
        ...(log.body === undefined ? {} : { body: toJson(log.body) }),
        severity: log.severity,
      },
    }));
  return [...events, ...records].sort((a, b) => a.time - b.time);
}

/** All attributes as sent; those of the resource and the scope under `resource.` and `scope.`. */
export function allAttributes(span: Span): Readonly<Record<string, Json>> {
  const { scope } = span;
  return {
    ...plainRecord(span.attributes, ''),
    ...plainRecord(span.resource, 'resource.'),
    ...plainRecord(scope.attributes, 'scope.'),
    ...(scope.name === '' ? {} : { 'scope.name': scope.name }),
    ...(scope.version === '' ? {} : { 'scope.version': scope.version }),
    ...(span.droppedAttributes > 0
      ? { 'otel.dropped_attributes_count': span.droppedAttributes }
      : {}),
  };
}

function plainRecord(attributes: Attributes, prefix: string): Record<string, Json> {
  const record: Record<string, Json> = {};
  for (const key of attributes.keys()) {
    const value = attributes.get(key);
    if (value === undefined) continue;
    Object.defineProperty(record, prefix + key, {
      value: toJson(value),
      enumerable: true,
      configurable: true,
      writable: true,
    });
  }
  return record;
}
