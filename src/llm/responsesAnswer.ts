import type { Usage } from '../model/observation';
import type { Json } from '../model/value';
import type { AnswerContent, AnswerReader, Delta } from './answer';
import { finishWord } from './chatAnswer';
import { defined, fieldsOf, listOf, numberOf, textOf, type Fields } from './fields';
import type { RequestMessage } from './format';
import { readItem } from './responsesFormat';

/** Answers of Responses. */
export function createResponsesReader(): AnswerReader {
  let response: Fields = {};
  let ended = false;
  const output = new Output();
  return {
    event(event) {
      const fields = fieldsOf(event);
      const type = textOf(fields.type) ?? '';
      if (fields.response !== undefined) response = fieldsOf(fields.response);
      if (/^response\.(?:completed|incomplete|failed)$/.test(type)) ended = true;
      return output.add(type, fields);
    },
    body(body) {
      response = fieldsOf(body);
      ended = true;
    },
    content: (): AnswerContent => {
      const items =
        ended && listOf(response.output).length > 0 ? listOf(response.output) : output.items();
      const usage = fieldsOf(response.usage);
      return {
        messages: items.map((value): RequestMessage => {
          return { ...readItem(value), wire: { place: 'item', value } };
        }),
        finishReason: ended ? finishOf(response, items) : undefined,
        usage: Object.keys(usage).length > 0 ? responsesUsage(usage) : undefined,
        model: textOf(response.model),
        responseId: textOf(response.id),
        error: response.error ?? undefined,
      };
    },
  };
}

/** The items that a stream has begun, each as far as it came. */
class Output {
  private readonly begun = new Map<number, Record<string, Json>>();

  add(type: string, event: Fields): Delta[] {
    const index = numberOf(event.output_index) ?? 0;
    if (type === 'response.output_item.added' || type === 'response.output_item.done') {
      this.begun.set(index, { ...fieldsOf(event.item) });
      const { name } = fieldsOf(event.item);
      const isCall = type.endsWith('added') && typeof name === 'string';
      return isCall
        ? [{ type: 'toolCall', index: this.callIndex(index), name, arguments: '' }]
        : [];
    }
    const delta = textOf(event.delta);
    const item = this.begun.get(index);
    if (delta === undefined || delta === '' || !item) return [];
    return this.grow(item, type, { delta, index });
  }

  items(): Json[] {
    return [...this.begun].sort(([a], [b]) => a - b).map(([, item]) => item);
  }

  private grow(
    item: Record<string, Json>,
    type: string,
    { delta, index }: { readonly delta: string; readonly index: number },
  ): Delta[] {
    switch (type) {
      case 'response.output_text.delta':
      case 'response.refusal.delta':
        item.content = [{ type: 'output_text', text: textIn(item.content) + delta }];
        return [{ type: 'text', text: delta }];
      case 'response.reasoning_summary_text.delta':
      case 'response.reasoning_text.delta':
        item.summary = [{ type: 'summary_text', text: textIn(item.summary) + delta }];
        return [{ type: 'reasoning', text: delta }];
      case 'response.function_call_arguments.delta':
        item.arguments = (textOf(item.arguments) ?? '') + delta;
        return [
          {
            ...{ type: 'toolCall', index: this.callIndex(index), arguments: delta },
            name: textOf(item.name),
          },
        ];
      default:
        return [];
    }
  }

  private callIndex(at: number): number {
    const calls = [...this.begun].filter(([, item]) => item.type === 'function_call');
    return calls.filter(([index]) => index < at).length;
  }
}

function textIn(parts: Json | undefined): string {
  return listOf(parts)
    .map((part) => textOf(fieldsOf(part).text) ?? '')
    .join('');
}

function finishOf({ status, incomplete_details }: Fields, items: readonly Json[]) {
  if (status === 'incomplete') return finishWord(textOf(fieldsOf(incomplete_details).reason));
  const called = items.some((item) => fieldsOf(item).type === 'function_call');
  return called ? 'tool_call' : 'stop';
}

function responsesUsage(usage: Fields): Usage {
  const input = fieldsOf(usage.input_tokens_details);
  const output = fieldsOf(usage.output_tokens_details);
  return defined({
    input: numberOf(usage.input_tokens),
    output: numberOf(usage.output_tokens),
    cacheRead: numberOf(input.cached_tokens),
    cacheWrite: numberOf(input.cache_write_tokens),
    reasoning: numberOf(output.reasoning_tokens),
    total: numberOf(usage.total_tokens),
  });
}
