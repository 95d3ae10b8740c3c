import {
  type Cost,
  type Level,
  type Observation,
  type ObservationKind,
  type ObservationStatus,
  type ObservationSummary,
} from '../model/observation';
import type { LogRecord, Span } from '../model/span';
import type { Dialect, Facts } from './dialect';
import { agreeOnContent, allAttributes, eventsOf } from './content';
import { dialectsOf, dialectsOfContent } from './list';
import { mergeFacts, type TakeField } from './merge';
import { originOf } from './origin';
import { costOf } from './prices';
import { providerOfModel } from './provider';
import { compact, textAt } from './reader';

/**
 * What a span means. `summarise` gives the row of a span as it arrives, tens of thousands of
 * times a second; `observe` gives everything, for one span that somebody looks at. Both read the
 * same facts, so the fields they share are equal. Neither throws, whatever a span holds.
 */

export { control } from './control';
export {
  contextWindowOf,
  pricesVersion,
  setPriceOverrides,
  type Price,
  type PriceOverrides,
} from './prices';

/** Raised whenever a reader changes what it reads; traces derived under less are derived again. */
export const dialectsVersion = 4;

/** The scalars of a span, without its content. `span` has gone through `control`. */
export function summarise(span: Span): ObservationSummary {
  return read(span, dialectsOf(span));
}

/** A span with its content. `span` has gone through `control`; `logs` are those of this span. */
export function observe(span: Span, logs: readonly LogRecord[]): Observation {
  const dialect: Record<string, string> = {};
  const summary = read(span, dialectsOf(span), (field, name) => (dialect[field] = name));
  const { ai: _ai, traceName: _traceName, join: _join, ...shared } = summary;
  const ordered = [...logs].sort((a, b) => a.time - b.time);
  const content = agreeOnContent(span, ordered, dialectsOfContent(span, logs));
  return {
    ...shared,
    ...content.fields,
    events: eventsOf(span, ordered),
    links: span.links.map(({ traceId, spanId }) => ({ traceId, spanId })),
    dialect: { ...dialect, ...content.dialect },
    attributes: allAttributes(span),
  };
}

function read(span: Span, speaking: readonly Dialect[], take?: TakeField): ObservationSummary {
  const facts = mergeFacts(span, speaking, take);
  const origin = originOf(span);
  const kind = facts.kind ?? facts.likelyKind ?? 'span';
  const status = statusOf(span, facts);
  const names = namesOf(span, facts, kind);
  const stated = statedCost(facts);
  const cost = stated ?? computedCost(span, facts, kind);
  if (!stated && cost) take?.('cost', 'prices');
  const summary: ObservationSummary = {
    traceId: span.traceId,
    spanId: span.spanId,
    parentSpanId: span.parentSpanId,
    kind,
    ...names,
    startTime: span.startTime,
    endTime: span.endTime,
    status,
    level: levelOf(status, facts),
    statusMessage: messageOf(span, status, facts),
    model: facts.model,
    requestedModel: facts.requestedModel,
    provider: providerFor(facts, kind),
    usage: facts.usage,
    cost,
    timeToFirstTokenMs: timeWithin(span, facts.timeToFirstTokenMs),
    finishReasons: facts.finishReasons,
    responseId: facts.responseId,
    sessionId: facts.sessionId,
    userId: facts.userId,
    tags: facts.tags,
    environment: facts.environment ?? origin.environment,
    release: facts.release ?? origin.release,
    serviceName: origin.serviceName,
    prompt: facts.prompt,
    traceName: facts.traceName,
    join: facts.join,
    run: origin.run,
    ai: (kind !== 'span' && kind !== 'event') || speaking.some((one) => one.ai),
  };
  return compact(summary) ?? summary;
}

/** Some instrumentations put a provider on every span; only a call of a model has one. */
function providerFor(facts: Facts, kind: ObservationKind): string | undefined {
  const model = facts.model ?? facts.requestedModel;
  if (model === undefined && !priced.has(kind)) return undefined;
  return facts.provider ?? providerOfModel(model);
}

function statusOf(span: Span, facts: Facts): ObservationStatus {
  if (span.endTime === undefined) return 'running';
  return span.status === 'error' || facts.failure !== undefined ? 'error' : 'ok';
}

function levelOf(status: ObservationStatus, facts: Facts): Level {
  return status === 'error' ? 'error' : (facts.level ?? 'info');
}

function messageOf(span: Span, status: ObservationStatus, facts: Facts): string | undefined {
  if (status !== 'error') return facts.statusMessage ?? (span.statusMessage || undefined);
  return (
    (span.statusMessage || undefined) ??
    facts.statusMessage ??
    facts.failure ??
    exceptionOf(span) ??
    textAt(span.attributes, 'error.type')
  );
}

/** The last exception is the one that ended the span. */
function exceptionOf(span: Span): string | undefined {
  const exception = span.events.findLast((event) => event.name === 'exception');
  const type = exception && textAt(exception.attributes, 'exception.type');
  const message = exception && textAt(exception.attributes, 'exception.message');
  return type !== undefined && message !== undefined ? `${type}: ${message}` : (message ?? type);
}

/** Tools and agents go by their own name, everything else by the best name the dialects know. */
function namesOf(
  span: Span,
  facts: Facts,
  kind: ObservationKind,
): { readonly name: string; readonly agentName?: string; readonly toolName?: string } {
  const known = facts.name ?? span.name;
  const { agentName, toolName } = facts;
  if (kind === 'tool') return { name: toolName ?? known, agentName, toolName: toolName ?? known };
  if (kind === 'agent')
    return { name: agentName ?? known, agentName: agentName ?? known, toolName };
  return { name: known, agentName, toolName };
}

/** Wrappers repeat the tokens of their calls; only the calls themselves are priced. */
const priced: ReadonlySet<ObservationKind> = new Set([
  'generation',
  'embedding',
  'reranker',
  'event',
]);

/** Some state zeros for calls that failed; without tokens that says nothing. */
function statedCost({ cost, usage }: Facts): Cost | undefined {
  return cost?.total === 0 && !usage ? undefined : cost;
}

function computedCost(span: Span, facts: Facts, kind: ObservationKind): Cost | undefined {
  if (!facts.usage || !priced.has(kind)) return undefined;
  const models = [facts.model, facts.requestedModel].flatMap(withoutProvider);
  const provider = providerFor(facts, kind);
  return costOf({ models, provider, usage: facts.usage, time: span.startTime });
}

/** `openai/gpt-5-mini`, as gateways name it, is also known as `gpt-5-mini`. */
function withoutProvider(model: string | undefined): readonly string[] {
  if (model === undefined) return [];
  const slash = model.lastIndexOf('/');
  return slash < 0 ? [model] : [model, model.slice(slash + 1)];
}

/** A first token before the start or after the end is a mistake of units or clocks. */
function timeWithin(span: Span, milliseconds: number | undefined): number | undefined {
  if (milliseconds === undefined || milliseconds < 0) return undefined;
  if (span.endTime === undefined) return milliseconds;
  return milliseconds * 1000 <= span.endTime - span.startTime ? milliseconds : undefined;
}
