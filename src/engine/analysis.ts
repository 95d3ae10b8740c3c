import { setImmediate } from 'node:timers/promises';
import { contextWindowOf } from '../dialects/observe';
import { compareTraces, type ComparedContent, type TraceComparison } from '../model/compareTraces';
import { contextDifference, previousCall, type ContextDifference } from '../model/contextDiff';
import { findingsOf, type TraceFinding } from '../model/findings';
import type { Observation, ObservationSummary } from '../model/observation';
import type { TraceSummary } from '../model/trace';
import type { Json } from '../model/value';
import type { TraceStore } from '../store/traceStore';
import type { ObservationReader } from './observations';
import type { QueryService } from './services';

type AnalysisMethods = Pick<QueryService, 'findings' | 'compare' | 'context'>;

/** Of a huge trace the content of the first ones is read; the rest is compared by its rows. */
const contentLimit = 5_000;
const pageSize = 100;

/** What the functions of the model say of traces in a store. */
export function analysisMethods(
  store: () => TraceStore,
  reader: () => ObservationReader,
): AnalysisMethods {
  return {
    async findings(traceId) {
      const trace = await store().trace(traceId);
      return trace ? findingsIn(trace, reader()) : [];
    },
    async compare(leftId, rightId) {
      const [left, right] = await Promise.all([store().trace(leftId), store().trace(rightId)]);
      return left && right && compareIn(left, right, reader());
    },
    async context(traceId, spanId) {
      const trace = await store().trace(traceId);
      return trace && contextOf(trace, spanId, reader());
    },
  };
}

async function findingsIn(
  trace: TraceSummary,
  reader: ObservationReader,
): Promise<readonly TraceFinding[]> {
  const rows = await reader.rows(trace);
  const told = rows.filter(({ kind }) => kind === 'tool' || kind === 'generation');
  const contents = await contentsOf(trace, told, reader);
  return findingsOf(rows, { contents, contextLimit });
}

async function compareIn(
  left: TraceSummary,
  right: TraceSummary,
  reader: ObservationReader,
): Promise<TraceComparison> {
  const leftRows = await reader.rows(left);
  const rightRows = await reader.rows(right);
  return compareTraces(
    { rows: leftRows, contents: await contentsOf(left, leftRows, reader) },
    { rows: rightRows, contents: await contentsOf(right, rightRows, reader) },
  );
}

async function contextOf(
  trace: TraceSummary,
  spanId: string,
  reader: ObservationReader,
): Promise<ContextDifference | undefined> {
  const rows = await reader.rows(trace);
  const row = rows.find((one) => one.spanId === spanId);
  const previous = previousCall(rows, spanId);
  const asked = [spanId, ...(previous ? [previous.spanId] : [])];
  const read = await reader.observations(trace, asked);
  const byId = (id: string | undefined) => read.find((observation) => observation.spanId === id);
  const call = byId(spanId);
  return call && contextDifference(call, byId(previous?.spanId), row && contextLimit(row));
}

function contextLimit({ model, requestedModel, provider }: ObservationSummary): number | undefined {
  return contextWindowOf([model, requestedModel], provider);
}

async function contentsOf(
  trace: TraceSummary,
  rows: readonly ObservationSummary[],
  reader: ObservationReader,
): Promise<ReadonlyMap<string, ComparedContent>> {
  const contents = new Map<string, ComparedContent>();
  const spanIds = rows.slice(0, contentLimit).map(({ spanId }) => spanId);
  for (let at = 0; at < spanIds.length; at += pageSize) {
    const page = await reader.observations(trace, spanIds.slice(at, at + pageSize));
    for (const observation of page) contents.set(observation.spanId, comparedContent(observation));
    // Other questions are answered in between.
    await setImmediate();
  }
  return contents;
}

function comparedContent(observation: Observation): ComparedContent {
  const { inputMessages, outputMessages, input, output, modelParameters } = observation;
  return {
    input: textOf(inputMessages ?? input),
    output: outputText(outputMessages ?? output),
    parameters: textOf(modelParameters),
  };
}

/** An answer without any part is empty, however it is wrapped. */
function outputText(output: unknown): string | undefined {
  const messages = output as Observation['outputMessages'];
  const empty = Array.isArray(output) && messages?.every(({ parts = [] }) => parts.length === 0);
  return empty ? undefined : textOf(output);
}

/** Text that is equal where the values are, in whatever order their members stand. */
function textOf(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  return typeof value === 'string' ? value : JSON.stringify(sorted(value as Json));
}

function sorted(value: Json): Json {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return (value as readonly Json[]).map(sorted);
  const members = Object.entries(value as Readonly<Record<string, Json>>);
  return Object.fromEntries(
    members.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, member]) => [key, sorted(member)]),
  );
}
