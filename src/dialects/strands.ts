import type { Usage } from '../model/observation';
import type { Attributes, LogRecord, Span } from '../model/span';
import { never, type Content, type Dialect, type Facts } from './dialect';
import { numberAt, jsonAt, textAt } from './reader';
import { normalUsage } from './usage';

/**
 * AWS Strands. It speaks GenAI, but counts as Bedrock does (cached tokens beside the input), gives
 * the time to the first token in milliseconds, and tells the arguments of a tool in an event.
 */
export const strands: Dialect = {
  name: 'strands',
  ai: true,
  ownsKey: never,
  ownsScope: (scope) => scope === 'strands.telemetry.tracer',
  facts,
  content,
};

function facts({ name, attributes }: Span): Facts {
  return {
    likelyKind: name === 'execute_event_loop_cycle' ? 'chain' : undefined,
    usage: isBedrock(attributes) ? usageOf(attributes) : undefined,
    timeToFirstTokenMs: numberAt(attributes, 'gen_ai.server.time_to_first_token'),
  };
}

/** Models of other services are counted by their own clients, which include the cache. */
function isBedrock(attributes: Attributes): boolean {
  const model = textAt(attributes, 'gen_ai.request.model') ?? '';
  return /(?:anthropic|claude|nova|titan)/i.test(model);
}

function usageOf(attributes: Attributes): Usage | undefined {
  return normalUsage(
    {
      input: numberAt(attributes, 'gen_ai.usage.input_tokens', 'gen_ai.usage.prompt_tokens'),
      output: numberAt(attributes, 'gen_ai.usage.output_tokens', 'gen_ai.usage.completion_tokens'),
      cacheRead: numberAt(
        attributes,
        'gen_ai.usage.cache_read.input_tokens',
        'gen_ai.usage.cache_read_input_tokens',
      ),
      cacheWrite: numberAt(
        attributes,
        'gen_ai.usage.cache_write.input_tokens',
        'gen_ai.usage.cache_write_input_tokens',
      ),
    },
    { inputExcludesCache: true },
  );
}

function content(span: Span, logs: readonly LogRecord[]): Content {
  if (span.attributes.get('gen_ai.tool.name') === undefined) return {};
  const told = [...span.events, ...logs].find(
    (event) => ('eventName' in event ? event.eventName : event.name) === 'gen_ai.tool.message',
  );
  return { input: told && jsonAt(told.attributes, 'content') };
}
