/** Deterministic stand-ins for what only a real model service knows: token counts, cache hits, ids, vectors. */
import { createHash } from 'node:crypto';

const cacheStep = 128;
const rememberedPrompts = 200;

/** Estimates how many tokens a text is: about one per six letters, three digits, symbol or CJK character. */
export function estimateTokens(text) {
  let tokens = 0;
  for (const [run] of text.matchAll(/[\p{L}\p{M}]+|\d{1,3}|[^\s\p{L}\p{M}\d]/gu)) {
    tokens += /^[\u3040-\u9fff\uac00-\ud7af]/.test(run) ? run.length : Math.ceil(run.length / 6);
  }
  return tokens;
}

/** The whole of what the model reads, as one text: tools and schema first, as the services order it for caching. */
export function promptText({ tools, schema, system, messages }) {
  const parts = [tools.length ? JSON.stringify(tools) : '', schema ? JSON.stringify(schema) : ''];
  parts.push(system);
  for (const message of messages) {
    const calls = message.toolCalls.map((call) => `${call.name}${call.arguments}`);
    parts.push(`${message.role}: ${message.text}${calls.join('')}`);
  }
  return parts.filter(Boolean).join('\n');
}

/** Says how many tokens of a prompt were seen before, in steps of 128 as prompt caches do. */
export class PromptCache {
  #from;
  #prompts = [];

  /** `from` is the shortest prefix, in tokens, that is cached. */
  constructor(from) {
    this.#from = from;
  }

  /** The cached tokens of this prompt for this model; remembers the prompt. */
  read(model, prompt) {
    let longest = 0;
    for (const seen of this.#prompts) {
      if (seen.model === model) longest = Math.max(longest, commonPrefix(seen.prompt, prompt));
    }
    this.#prompts = [...this.#prompts, { model, prompt }].slice(-rememberedPrompts);
    const cached = Math.floor(estimateTokens(prompt.slice(0, longest)) / cacheStep) * cacheStep;
    return cached >= this.#from ? cached : 0;
  }
}

function commonPrefix(one, other) {
  const end = Math.min(one.length, other.length);
  let length = 0;
  while (length < end && one[length] === other[length]) length++;
  return length;
}

/** Gives ids that look like the service's and are the same for the same seed and order of use. */
export function idSource(seed) {
  let used = 0;
  return (prefix, length = 24) => {
    const hash = createHash('sha256').update(`${seed}/${used++}`).digest('hex');
    return prefix + hash.slice(0, length);
  };
}

/** A unit vector in which texts that share words lie close together. */
export function embed(text, dimensions) {
  const vector = new Array(dimensions).fill(0);
  for (const [word] of text.toLowerCase().matchAll(/[\p{L}\d]+/gu)) {
    const hash = createHash('sha256').update(word).digest();
    for (let at = 0; at < 16; at += 4) {
      vector[hash.readUInt32LE(at) % dimensions] += hash[16 + at] % 2 ? 1 : -1;
    }
  }
  const norm = Math.hypot(...vector);
  if (norm === 0) vector[0] = 1;
  return vector.map((value) => value / (norm || 1));
}
