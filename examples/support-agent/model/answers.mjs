/**
 * From a script to what the service would say. A script is a function `(request) => answer` or a list
 * of rules; `server.d.mts` describes requests, answers and rules field by field.
 */
import { RequestError } from './request.mjs';
import { estimateTokens, promptText } from './tokens.mjs';

/** Makes one asynchronous function of a script in either form. */
export function scriptFunction(script) {
  if (typeof script === 'function') return async (request) => script(request);
  const used = new Map();
  return async (request) => {
    const rule = script.find((candidate) => applies(candidate.when, request));
    if (!rule) return undefined;
    const times = used.get(rule) ?? 0;
    used.set(rule, times + 1);
    const answers = Array.isArray(rule.answer) ? rule.answer : [rule.answer];
    const answer = answers[Math.min(times, answers.length - 1)];
    return typeof answer === 'function' ? answer(request) : answer;
  };
}

function applies(when, request) {
  if (request.api === 'embeddings' && when?.api !== 'embeddings') return false;
  if (when === undefined) return true;
  if (typeof when === 'function') return when(request);
  const seen = { ...request, user: request.lastUserText };
  return Object.entries(when).every(([field, expected]) => {
    if (field === 'tool') return request.toolResults?.at(-1)?.name === expected;
    const value = `${seen[field] ?? ''}`;
    if (expected instanceof RegExp)
      return new RegExp(expected.source, expected.flags.replace(/[gy]/g, '')).test(value);
    return field === 'api' || field === 'model'
      ? value === expected
      : new RegExp(expected, 'i').test(value);
  });
}

/** Completes an answer: its text, calls with ids, and token counts, whatever it left out. */
export function completeAnswer(answer, { request, ids, cache }) {
  if (answer === undefined || answer === null) {
    throw new RequestError(
      `No rule of the script answers this ${request.api} request (last user text: "${request.lastUserText.slice(0, 80)}").`,
      { code: 'no_rule' },
    );
  }
  const given = typeof answer === 'string' ? { text: answer } : answer;
  const full = {
    ...given,
    text: textOfAnswer(given),
    toolCalls: (given.toolCalls ?? []).map((call) => ({
      id: call.id ?? ids('call_'),
      name: call.name,
      arguments:
        typeof call.arguments === 'string' ? call.arguments : JSON.stringify(call.arguments ?? {}),
    })),
  };
  return { ...full, usage: usageOf(full, { request, cache }) };
}

function textOfAnswer({ text, json, chunks }) {
  if (text !== undefined) return text;
  if (json !== undefined) return JSON.stringify(json);
  return Array.isArray(chunks) ? chunks.join('') : undefined;
}

function usageOf(answer, { request, cache }) {
  const prompt = promptText(request);
  const cached = cache.read(request.model, prompt);
  const reasoning =
    typeof answer.reasoning === 'number'
      ? answer.reasoning
      : estimateTokens(answer.reasoning ?? '');
  const said = [answer.text ?? '', answer.refusal ?? ''];
  said.push(...answer.toolCalls.map((call) => call.name + call.arguments));
  const output = said.reduce((sum, text) => sum + estimateTokens(text), reasoning);
  const input = estimateTokens(prompt) + 3 + 4 * request.messages.length;
  return { input, cached, output, reasoning, ...answer.usage };
}

/** Cuts a text into the pieces it is streamed in, losing nothing. */
export function piecesOf(text, chunks) {
  if (text === '') return [];
  if (Array.isArray(chunks) && chunks.join('') === text) return chunks;
  if (typeof chunks === 'number') {
    const characters = [...text];
    const size = Math.max(1, Math.ceil(characters.length / chunks));
    const pieces = [];
    for (let at = 0; at < characters.length; at += size) {
      pieces.push(characters.slice(at, at + size).join(''));
    }
    return pieces;
  }
  return text.match(/\s*\S{1,16}|\s+$/gu) ?? [text];
}
