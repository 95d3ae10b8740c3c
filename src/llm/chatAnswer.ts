import type { Part, Usage } from '../model/observation';
import type { Json } from '../model/value';
import type { AnswerContent, AnswerReader, Delta } from './answer';
import { readChatMessage } from './chatFormat';
import { defined, fieldsOf, jsonOfText, listOf, numberOf, textOf, type Fields } from './fields';

/** Answers of Chat Completions; of several choices the first. */
export function createChatReader(): AnswerReader {
  let head: Fields = {};
  let usage: Usage | undefined;
  let finishReason: string | undefined;
  let message: { readonly parts: readonly Part[] } | undefined;
  const said = new Said();
  const take = (body: Fields): Fields => {
    const { id, model, error } = body;
    head = { ...head, ...(defined({ id, model, error }) as Fields) };
    if (body.usage !== undefined && body.usage !== null) usage = chatUsage(fieldsOf(body.usage));
    const choice = fieldsOf(listOf(body.choices).find((one) => (fieldsOf(one).index ?? 0) === 0));
    finishReason = textOf(choice.finish_reason) ?? finishReason;
    return choice;
  };
  return {
    event: (event) => said.add(fieldsOf(take(fieldsOf(event)).delta)),
    body(body) {
      const choice = take(fieldsOf(body));
      if (choice.message !== undefined) message = readChatMessage(choice.message);
    },
    content: (): AnswerContent => {
      const parts = message?.parts ?? said.parts();
      return {
        messages: parts.length > 0 ? [{ role: 'assistant', parts }] : [],
        finishReason: finishWord(finishReason),
        usage,
        model: textOf(head.model),
        responseId: textOf(head.id),
        error: head.error ?? undefined,
      };
    },
  };
}

interface Call {
  id: string;
  name: string;
  arguments: string;
}

class Said {
  private text = '';
  private reasoning = '';
  private readonly calls: Call[] = [];

  add(delta: Fields): Delta[] {
    const reasoning = textOf(delta.reasoning_content) ?? textOf(delta.reasoning) ?? '';
    const text = (textOf(delta.content) ?? '') + (textOf(delta.refusal) ?? '');
    this.reasoning += reasoning;
    this.text += text;
    return [
      ...(reasoning === '' ? [] : [{ type: 'reasoning' as const, text: reasoning }]),
      ...(text === '' ? [] : [{ type: 'text' as const, text }]),
      ...listOf(delta.tool_calls).map((call) => this.addCall(fieldsOf(call))),
    ];
  }

  parts(): Part[] {
    return [
      ...(this.reasoning === '' ? [] : [{ type: 'reasoning' as const, text: this.reasoning }]),
      ...(this.text === '' ? [] : [{ type: 'text' as const, text: this.text }]),
      ...this.calls.map((call): Part => {
        return { ...call, type: 'toolCall', arguments: jsonOfText(call.arguments) };
      }),
    ];
  }

  /** Some services leave the index out and send each call whole. */
  private addCall(value: Fields): Delta {
    const target = fieldsOf(value.function);
    const id = textOf(value.id);
    const index = numberOf(value.index) ?? this.placeOf(id);
    const call = (this.calls[index] ??= { id: '', name: '', arguments: '' });
    const [name, piece] = [textOf(target.name), argumentsOf(target.arguments)];
    call.id = id ?? call.id;
    call.name = name ?? call.name;
    call.arguments += piece;
    return { type: 'toolCall', index, name: name ?? (call.name || undefined), arguments: piece };
  }

  private placeOf(id: string | undefined): number {
    const known = this.calls.findIndex((call) => call.id === id);
    if (known >= 0) return known;
    return id === undefined ? Math.max(0, this.calls.length - 1) : this.calls.length;
  }
}

function argumentsOf(value: Json | undefined): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function chatUsage(usage: Fields): Usage {
  const prompt = fieldsOf(usage.prompt_tokens_details);
  const completion = fieldsOf(usage.completion_tokens_details);
  return defined({
    input: numberOf(usage.prompt_tokens),
    output: numberOf(usage.completion_tokens),
    cacheRead: numberOf(prompt.cached_tokens),
    cacheWrite: numberOf(prompt.cache_write_tokens),
    reasoning: numberOf(completion.reasoning_tokens),
    total: numberOf(usage.total_tokens),
  });
}

/** The word of the conventions for why an answer ended. */
export function finishWord(reason: string | undefined): string | undefined {
  const words: Readonly<Record<string, string>> = {
    ...{ tool_calls: 'tool_call', function_call: 'tool_call', tool_use: 'tool_call' },
    ...{ max_tokens: 'length', max_output_tokens: 'length', end_turn: 'stop' },
  };
  return reason === undefined ? undefined : (words[reason] ?? reason);
}
