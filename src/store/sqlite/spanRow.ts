import { tokensOf } from '../../model/filterMatch';
import {
  observationKinds,
  observationStatuses,
  type ObservationSummary,
} from '../../model/observation';
import { number, text, type Connection, type SqlRow, type SqlValue } from './connection';
import { Dictionary, JsonDictionary } from './dictionary';

/** What the observations of one process have in common. */
type Origin = Pick<
  ObservationSummary,
  'sessionId' | 'userId' | 'tags' | 'environment' | 'release' | 'serviceName' | 'run'
>;

/** What the observations of one call site have in common. */
type Shape = Pick<
  ObservationSummary,
  'provider' | 'requestedModel' | 'level' | 'finishReasons' | 'prompt' | 'ai'
>;

/** The columns a summary is read from, in the order `SpanRows` has them. */
export const summaryColumns = [
  ...['span', 'parent', 'start', 'finish', 'kind', 'status'],
  ...['name', 'model', 'agent', 'tool', 'origin', 'shape', 'rest'],
] as const;

/** The columns it is written to: two more to filter by. */
export const writtenColumns = [...summaryColumns, 'tokens', 'cost'] as const;

/** Turns summaries into rows of `spans` and back. */
export class SpanRows {
  readonly names: Dictionary;
  private readonly origins: JsonDictionary<Origin>;
  private readonly shapes: JsonDictionary<Shape>;

  constructor(connection: Connection) {
    this.names = new Dictionary(connection, 'names');
    this.origins = new JsonDictionary(connection, 'origins');
    this.shapes = new JsonDictionary(connection, 'shapes');
  }

  /** The values of `writtenColumns`. */
  values(summary: ObservationSummary): readonly SqlValue[] {
    const { traceId: _, spanId, parentSpanId, kind, name, startTime, endTime, ...more } = summary;
    const { status, model, agentName, toolName, ...shared } = more;
    const { sessionId, userId, tags, environment, release, serviceName, run, ...own } = shared;
    const { provider, requestedModel, level, finishReasons, prompt, ai, ...rest } = own;
    const nameId = (value: string | undefined) =>
      value === undefined ? null : this.names.id(value);
    return [
      ...[spanId, parentSpanId ?? null, startTime, endTime ?? null],
      ...[observationKinds.indexOf(kind), observationStatuses.indexOf(status)],
      ...[nameId(name), nameId(model), nameId(agentName), nameId(toolName)],
      this.origins.id({ sessionId, userId, tags, environment, release, serviceName, run }),
      this.shapes.id({ provider, requestedModel, level, finishReasons, prompt, ai }),
      ...[jsonOf(rest), tokensOf(summary.usage) ?? null, summary.cost?.total ?? null],
    ];
  }

  /** The summary in a row of `summaryColumns`. */
  summary(traceId: string, row: SqlRow): ObservationSummary {
    const [spanId, parent, start, finish, kind, status, name, model, agent, tool, ...more] = row;
    const [origin, shape, rest] = more;
    const parentSpanId = text(parent);
    const endTime = number(finish);
    return {
      traceId,
      spanId: text(spanId) ?? '',
      ...(parentSpanId !== undefined && { parentSpanId }),
      kind: observationKinds[Number(kind)] ?? 'span',
      name: this.nameOf(name) ?? '',
      startTime: number(start) ?? 0,
      ...(endTime !== undefined && { endTime }),
      status: observationStatuses[Number(status)] ?? 'ok',
      ...(model !== null && { model: this.nameOf(model) }),
      ...(agent !== null && { agentName: this.nameOf(agent) }),
      ...(tool !== null && { toolName: this.nameOf(tool) }),
      ...this.origins.value(Number(origin)),
      ...this.shapes.value(Number(shape)),
      ...(typeof rest === 'string' && (JSON.parse(rest) as Partial<ObservationSummary>)),
    };
  }

  forget(): void {
    this.names.forget();
    this.origins.forget();
    this.shapes.forget();
  }

  private nameOf(id: SqlRow[number] | undefined): string | undefined {
    return typeof id === 'number' ? this.names.text(id) : undefined;
  }
}

/** NULL where nothing is in it, as for most spans. */
function jsonOf(rest: object): string | null {
  for (const key in rest) {
    if (rest[key as keyof typeof rest] !== undefined) return JSON.stringify(rest);
  }
  return null;
}
