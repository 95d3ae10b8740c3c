import type { Usage } from '../model/observation';
import { isRecord, type Json } from '../model/value';
import { member } from './json';
import { asNumber, compact } from './reader';

/**
 * Tokens in one form, whatever the sender counts: input includes what was read from and written
 * to the cache, output includes reasoning, and what was not reported is absent.
 */

/** Token counts as a sender reports them. */
export type Buckets = Usage;

export interface Counting {
  /** The input count leaves cached tokens out (Anthropic's and Bedrock's own form). */
  readonly inputExcludesCache?: boolean;
  /** The output count leaves reasoning out (Gemini's own form). */
  readonly outputExcludesReasoning?: boolean;
}

/** The normal form of reported counts, or undefined where nothing was reported. */
export function normalUsage(buckets: Buckets, counting: Counting = {}): Usage | undefined {
  const cacheRead = count(buckets.cacheRead);
  const cacheWrite = count(buckets.cacheWrite);
  const reasoning = count(buckets.reasoning);
  const cached = (cacheRead ?? 0) + (cacheWrite ?? 0);
  const input = inclusive(count(buckets.input), cached, counting.inputExcludesCache);
  const output = inclusive(count(buckets.output), reasoning ?? 0, counting.outputExcludesReasoning);
  const total = totalOf(count(buckets.total), input, output);
  return compact({ input, output, cacheRead, cacheWrite, reasoning, total });
}

/** A part larger than the whole can only have been left out of it. */
function inclusive(whole: number | undefined, part: number, excluded: boolean | undefined) {
  if (whole === undefined) return undefined;
  return excluded === true || part > whole ? whole + part : whole;
}

function totalOf(
  total: number | undefined,
  input: number | undefined,
  output: number | undefined,
): number | undefined {
  if (input === undefined && output === undefined) return total;
  return Math.max(total ?? 0, (input ?? 0) + (output ?? 0));
}

function count(value: number | undefined): number | undefined {
  return value !== undefined && Number.isFinite(value) && value >= 0 ? value : undefined;
}

const names = {
  input: ['input_tokens', 'prompt_tokens', 'inputTokens', 'promptTokens', 'prompt_token_count'],
  output: ['output_tokens', 'completion_tokens', 'outputTokens', 'completionTokens'],
  total: ['total_tokens', 'totalTokens', 'total_token_count', 'totalTokenCount'],
  cacheRead: [
    'cached_input_tokens',
    'cache_read_input_tokens',
    'cache_read_tokens',
    'cachedInputTokens',
    'cacheReadInputTokens',
    'cached_content_token_count',
    'cachedContentTokenCount',
  ],
  cacheWrite: [
    'cache_write_input_tokens',
    'cache_creation_input_tokens',
    'cache_write_tokens',
    'cacheWriteInputTokens',
    'cacheCreationInputTokens',
  ],
  reasoning: ['reasoning_tokens', 'reasoningTokens'],
} as const;

/** Objects inside a usage object that break its counts down. */
const inputDetails = [
  'input_tokens_details',
  'prompt_tokens_details',
  'input_token_details',
  'inputTokensDetails',
  'promptTokensDetails',
  'inputTokenDetails',
  'details',
];
const outputDetails = [
  'output_tokens_details',
  'completion_tokens_details',
  'output_token_details',
  'outputTokensDetails',
  'completionTokensDetails',
  'outputTokenDetails',
  'details',
];
const readDetails = [
  'cached_tokens',
  'cache_read',
  'cachedTokens',
  'cacheReadTokens',
  'cache_read_tokens',
  'cache_read_input_tokens',
];
const writeDetails = [
  'cache_write_tokens',
  'cache_creation',
  'cacheWriteTokens',
  'cache_creation_input_tokens',
];
const reasoningDetails = ['reasoning_tokens', 'reasoning', 'reasoningTokens'];

/**
 * The `usage` object of a provider's answer, in whichever provider's form: OpenAI chat and
 * responses, Anthropic, Gemini, LangChain, the Agents SDK.
 */
export function providerUsage(json: Json | undefined): Usage | undefined {
  if (!isRecord(json)) return undefined;
  const gemini = geminiUsage(json);
  if (gemini) return gemini;
  const cacheRead = pick(json, names.cacheRead);
  const cacheWrite = pick(json, names.cacheWrite);
  return normalUsage(
    {
      input: pick(json, names.input),
      output: pick(json, names.output),
      total: pick(json, names.total),
      cacheRead: cacheRead ?? detail(json, inputDetails, readDetails),
      cacheWrite: cacheWrite ?? detail(json, inputDetails, writeDetails),
      reasoning: pick(json, names.reasoning) ?? detail(json, outputDetails, reasoningDetails),
    },
    { inputExcludesCache: isAnthropic(json) },
  );
}

/** Anthropic counts cached tokens beside the input; it reports both keys and never a total. */
function isAnthropic(json: Readonly<Record<string, Json>>): boolean {
  return (
    ('cache_read_input_tokens' in json || 'cache_creation_input_tokens' in json) &&
    'input_tokens' in json &&
    !('total_tokens' in json) &&
    !('input_tokens_details' in json)
  );
}

function geminiUsage(json: Readonly<Record<string, Json>>): Usage | undefined {
  const output = pick(json, ['candidates_token_count', 'candidatesTokenCount']);
  if (output === undefined) return undefined;
  return normalUsage(
    {
      input: pick(json, ['prompt_token_count', 'promptTokenCount']),
      output,
      total: pick(json, names.total),
      cacheRead: pick(json, ['cached_content_token_count', 'cachedContentTokenCount']),
      reasoning: pick(json, ['thoughts_token_count', 'thoughtsTokenCount']),
    },
    { outputExcludesReasoning: true },
  );
}

function pick(json: Json | undefined, keys: readonly string[]): number | undefined {
  for (const key of keys) {
    const value = asNumber(member(json, key));
    if (value !== undefined) return value;
  }
  return undefined;
}

function detail(
  json: Json | undefined,
  holders: readonly string[],
  keys: readonly string[],
): number | undefined {
  for (const holder of holders) {
    const value = pick(member(json, holder), keys);
    if (value !== undefined) return value;
  }
  return undefined;
}

/** Two readings of one call, bucket by bucket: the first one's where it has one. */
export function mergeUsage(strong: Usage | undefined, weak: Usage | undefined): Usage | undefined {
  if (!strong || !weak) return strong ?? weak;
  return normalUsage({ ...weak, ...strong });
}
