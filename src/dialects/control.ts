import type { Span } from '../model/span';
import { asText } from './reader';

const zeroId = '0000000000000000';
const idPattern = /^[0-9a-f]{16}$/;

/**
 * What a span is before anybody asks what it means, applied to every span as it arrives and as it
 * is read again. Logfire announces a running span by a second one below it, which becomes the
 * span it announces; CrewAI's product telemetry, which leaks into its users' providers, is
 * dropped (undefined); everything else stays as it is.
 */
export function control(span: Span): Span | undefined {
  if (span.resource.get('service.name') === 'crewAI-telemetry') return undefined;
  if (span.attributes.get('logfire.span_type') !== 'pending_span') return span;
  if (span.parentSpanId === undefined) return span;
  const announcedParent = asText(span.attributes.get('logfire.pending_parent_id'));
  const parent =
    announcedParent !== undefined && announcedParent !== zeroId && idPattern.test(announcedParent)
      ? announcedParent
      : undefined;
  return announced(span, span.parentSpanId, parent);
}

function announced(pending: Span, spanId: string, parentSpanId: string | undefined): Span {
  const { traceId, name, role, startTime, status, statusMessage } = pending;
  const { attributes, events, links, scope, resource, droppedAttributes } = pending;
  return {
    ...{ traceId, spanId, parentSpanId, name, role, startTime, endTime: undefined },
    ...{ status, statusMessage, attributes, events, links, scope, resource, droppedAttributes },
  };
}
