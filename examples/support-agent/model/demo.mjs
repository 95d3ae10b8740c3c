/** What the server says when it is given no script: an echo, and failures by the name of the model. */

/** Answers each request by repeating it; models called `fault-401`, `fault-slow` and so on fail that way. */
export function demoScript(request) {
  const fault = /^fault-(.+)$/.exec(request.model)?.[1];
  if (fault === undefined) return { text: `You said: ${request.lastUserText}` };
  const text = 'This answer is made to fail, so that you can see what happens when a model does.';
  const special = {
    slow: { text, delayMs: 5000, chunkDelayMs: 200 },
    cut: { text, cut: true, afterChunks: 8 },
    refusal: { refusal: "I'm sorry, but I can't help with that." },
    length: { text, finish: 'length' },
    filtered: { text, finish: 'content_filter' },
    stream: { text, error: 500, afterChunks: 8 },
    disconnect: { error: 'disconnect' },
  }[fault];
  return special ?? { error: /^\d+$/.test(fault) ? Number(fault) : fault };
}
