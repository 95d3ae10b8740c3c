/** Finish reasons in the words of the GenAI conventions; what is not known stays as it came. */
const words: Readonly<Record<string, string>> = {
  stop: 'stop',
  end_turn: 'stop',
  stop_sequence: 'stop',
  complete: 'stop',
  completed: 'stop',
  'finishreason.stop': 'stop',
  length: 'length',
  max_tokens: 'length',
  max_output_tokens: 'length',
  'finishreason.length': 'length',
  tool_call: 'tool_call',
  tool_calls: 'tool_call',
  'tool-calls': 'tool_call',
  tool_use: 'tool_call',
  function_call: 'tool_call',
  'finishreason.tool_calls': 'tool_call',
  content_filter: 'content_filter',
  'content-filter': 'content_filter',
  safety: 'content_filter',
  refusal: 'content_filter',
};

/** One reason for each choice of the answer. */
export function finishReasonsOf(
  reasons: readonly string[] | undefined,
): readonly string[] | undefined {
  const known = reasons?.map((reason) => {
    const lower = reason.toLowerCase();
    return Object.hasOwn(words, lower) ? (words[lower] ?? reason) : reason;
  });
  return known && known.length > 0 ? known : undefined;
}
