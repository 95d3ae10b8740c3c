import type { Usage } from '../model/observation';
import type { Attributes, Span } from '../model/span';
import type { Content, Dialect, Facts } from './dialect';
import { compact, jsonAt, numberAt, recordAt, textAt } from './reader';
import { normalUsage } from './usage';

/** LiteLLM's own OpenTelemetry export, from the library and the proxy; the calls themselves are GenAI. */
export const liteLlm: Dialect = {
  name: 'litellm',
  ai: true,
  ownsKey: (key) => key.startsWith('litellm.') || key === 'hidden_params',
  ownsScope: (scope) => scope === 'litellm',
  facts,
  content,
};

function facts({ name, attributes }: Span): Facts {
  const guardrail = textAt(attributes, 'litellm.guardrail.name', 'guardrail_name');
  return {
    kind: guardrail !== undefined || name === 'guardrail' ? 'guardrail' : rawCall(name),
    name: guardrail,
    usage: usageOf(attributes),
    cost: compact({ total: numberAt(attributes, 'litellm.cost.total_cost', 'litellm.cost.total') }),
    userId: textAt(attributes, 'litellm.end_user.id', 'metadata.user_api_key_end_user_id'),
  };
}

/** Cached and reasoning tokens stand only in a printed Python object. */
function usageOf(attributes: Attributes): Usage | undefined {
  const printed = textAt(attributes, 'metadata.usage_object');
  const count = (name: string) => {
    const found = printed?.match(new RegExp(`'${name}': (\\d+)`))?.[1];
    return found === undefined ? undefined : Number(found);
  };
  return normalUsage({
    ...{ input: count('prompt_tokens'), output: count('completion_tokens') },
    ...{ cacheRead: count('cached_tokens'), reasoning: count('reasoning_tokens') },
  });
}

/** The provider's own request below a call shows the same call again. */
function rawCall(name: string): 'span' | undefined {
  return name === 'raw_gen_ai_request' ? 'span' : undefined;
}

function content({ attributes }: Span): Content {
  return {
    input: jsonAt(attributes, 'litellm.guardrail.input'),
    output: jsonAt(attributes, 'litellm.guardrail.response', 'guardrail_response'),
    metadata: compact({
      ...recordAt(attributes, 'metadata.', (name) => name === 'usage_object'),
      ...recordAt(attributes, 'litellm.metadata.'),
    }),
  };
}
