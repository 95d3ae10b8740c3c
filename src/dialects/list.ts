import type { LogRecord, Span } from '../model/span';
import type { Dialect } from './dialect';
import { genAi } from './genai';
import { genkit } from './genkit';
import { glassbox } from './glassbox';
import { langfuse } from './langfuse';
import { langSmith } from './langsmith';
import { liteLlm } from './litellm';
import { logfire, logfireArguments } from './logfire';
import { logfireAgents } from './logfireAgents';
import { logfireClients } from './logfireClients';
import { mcp } from './mcp';
import { mlflow } from './mlflow';
import { openInference } from './openinference';
import { plain } from './plain';
import { pydanticAi } from './pydanticAi';
import { strands } from './strands';
import { traceloop } from './traceloop';
import { vercel } from './vercel';

/**
 * Every dialect, in order of authority: of two that know a field the earlier one gives it. What
 * belongs to one product stands before the conventions that many share.
 */
export const dialects: readonly Dialect[] = [
  glassbox,
  langfuse,
  openInference,
  logfireAgents,
  logfireClients,
  logfire,
  pydanticAi,
  vercel,
  langSmith,
  liteLlm,
  mlflow,
  genkit,
  strands,
  mcp,
  genAi,
  traceloop,
  plain,
  logfireArguments,
];

/** Names of attributes and scopes are few, so what they give away is worked out once. */
function remembered(claims: (dialect: Dialect, name: string) => boolean): (name: string) => number {
  const known = new Map<string, number>();
  const limit = 10_000;
  return (name) => {
    let mask = known.get(name);
    if (mask === undefined) {
      mask = 0;
      dialects.forEach((dialect, i) => {
        if (claims(dialect, name)) mask = (mask ?? 0) | (1 << i);
      });
      if (known.size >= limit) known.clear();
      known.set(name, mask);
    }
    return mask;
  };
}

const ofKey = remembered((dialect, key) => dialect.ownsKey(key));
const ofScope = remembered((dialect, scope) => dialect.ownsScope(scope));

const selections = new Map<number, readonly Dialect[]>();

/** The dialects that speak on a span, in order of authority. Several may. */
export function dialectsOf(span: Span): readonly Dialect[] {
  return selectionOf(attributesMask(span));
}

/** The same, and those that only an event or a log record of the span speaks. */
export function dialectsOfContent(span: Span, logs: readonly LogRecord[]): readonly Dialect[] {
  let mask = attributesMask(span);
  for (const event of span.events) mask |= ofKey(event.name);
  for (const log of logs) mask |= ofKey(log.eventName);
  return selectionOf(mask);
}

function attributesMask(span: Span): number {
  let mask = ofScope(span.scope.name);
  for (const key of span.attributes.keys()) mask |= ofKey(key);
  return mask;
}

function selectionOf(mask: number): readonly Dialect[] {
  let selection = selections.get(mask);
  if (!selection) {
    selection = dialects.filter((_, i) => (mask & (1 << i)) !== 0);
    selections.set(mask, selection);
  }
  return selection;
}
