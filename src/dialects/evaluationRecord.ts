import type { Score } from '../model/observation';
import { shownScore, type GivenScore } from '../model/score';
import type { LogRecord } from '../model/span';
import { compact, numberAt, textAt } from './reader';

/**
 * A score given by hand as the evaluation record of the GenAI conventions, so that it goes where
 * an export goes; its source says that it was given by hand, and is how an import knows it.
 */

const eventName = 'gen_ai.evaluation.result';
const sourceKey = 'glassbox.score.source';
const human = 'human';

/** A `ResourceLogs` in OTLP/JSON; `time` is in microseconds since 1970. */
export function evaluationLogs(
  traceId: string,
  given: GivenScore & { readonly time: number },
): object {
  const logRecords = [evaluationRecord(traceId, given)];
  return { resource: {}, scopeLogs: [{ scope: { name: 'glassbox' }, logRecords }] };
}

function evaluationRecord(traceId: string, given: GivenScore & { readonly time: number }): object {
  const { name, value, label, comment } = shownScore(given);
  const texts = {
    'event.name': eventName,
    'gen_ai.evaluation.name': name,
    'gen_ai.evaluation.score.label': label,
    'gen_ai.evaluation.explanation': comment,
    [sourceKey]: human,
  };
  const attributes: object[] = Object.entries(texts).flatMap(([key, text]) =>
    text === undefined ? [] : { key, value: { stringValue: text } },
  );
  if (value !== undefined) {
    attributes.push({ key: 'gen_ai.evaluation.score.value', value: { doubleValue: value } });
  }
  return {
    timeUnixNano: `${String(given.time)}000`,
    eventName,
    traceId,
    ...(given.spanId !== undefined && { spanId: given.spanId }),
    attributes,
  };
}

/** The score that an evaluation record holds, whoever gave it; undefined for every other record. */
export function scoreOfRecord({ eventName: event, attributes }: LogRecord): Score | undefined {
  const name = textAt(attributes, 'gen_ai.evaluation.name');
  if (event !== eventName || name === undefined) return undefined;
  return compact<Score>({
    name,
    value: numberAt(attributes, 'gen_ai.evaluation.score.value'),
    label: textAt(attributes, 'gen_ai.evaluation.score.label'),
    comment: textAt(attributes, 'gen_ai.evaluation.explanation'),
    source: 'otlp',
  });
}

/** The same of a record that `evaluationLogs` made. */
export function givenScoreOf(log: LogRecord): GivenScore | undefined {
  const score = log.attributes.get(sourceKey) === human ? scoreOfRecord(log) : undefined;
  if (!score) return undefined;
  const { source: _, ...given } = score;
  return log.spanId === undefined ? given : { ...given, spanId: log.spanId };
}
