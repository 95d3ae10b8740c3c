import type * as Library from '@pydantic/genai-prices';
import type { Cost, Usage } from '../model/observation';

/**
 * What a model call costs, in US dollars: by the user's own prices, else by those of
 * `@pydantic/genai-prices`. A model that neither knows has no cost, which is not a cost of zero.
 * Each call is priced by itself, never a sum of calls, because some prices have steps.
 */

/** The release of the library whose data is bundled; derived rows remember it. */
const dataVersion = 'genai-prices 0.1.8';

/** US dollars per million tokens. Cached tokens without a price of their own cost what input does. */
export interface Price {
  readonly input: number;
  readonly output: number;
  readonly cacheRead?: number;
  readonly cacheWrite?: number;
}

/** Prices by model name, in which `*` stands for any text. The first match holds. */
export type PriceOverrides = Readonly<Record<string, Price>>;

interface Override {
  readonly pattern: RegExp;
  readonly price: Price;
}

let overrides: readonly Override[] = [];

/** Which prices are in force now: rows derived under another version are derived again. */
export let pricesVersion = dataVersion;

/** Replaces the user's own prices, and with them `pricesVersion`. */
export function setPriceOverrides(prices: PriceOverrides): void {
  overrides = Object.entries(prices).map(([name, price]) => ({ pattern: patternOf(name), price }));
  pricesVersion = dataVersion + (overrides.length === 0 ? '' : ` + ${JSON.stringify(prices)}`);
}

function patternOf(name: string): RegExp {
  const literal = name.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${literal.join('.*')}$`, 'i');
}

export interface PricedCall {
  /** The model that answered, then the one that was asked. */
  readonly models: readonly (string | undefined)[];
  readonly provider: string | undefined;
  readonly usage: Usage;
  /** Microseconds since 1970: prices change with time, some with the hour. */
  readonly time: number;
}

/** What one call costs, or undefined where no price is known. */
export function costOf(call: PricedCall): Cost | undefined {
  if (call.usage.input === undefined && call.usage.output === undefined) return undefined;
  for (const model of call.models) {
    if (model === undefined) continue;
    const own = overrides.find(({ pattern }) => pattern.test(model))?.price;
    const cost = own ? linearCost(call.usage, own) : libraryCost(model, call);
    if (cost) return cost;
  }
  return undefined;
}

function linearCost(usage: Usage, price: Price): Cost {
  const { cacheRead = 0, cacheWrite = 0 } = usage;
  const fresh = Math.max(0, (usage.input ?? 0) - cacheRead - cacheWrite);
  const input =
    (fresh * price.input +
      cacheRead * (price.cacheRead ?? price.input) +
      cacheWrite * (price.cacheWrite ?? price.input)) /
    1e6;
  const output = ((usage.output ?? 0) * price.output) / 1e6;
  return costsOf(usage, { input, output, total: input + output });
}

/** What was not reported is not priced: a part without tokens has no cost of its own. */
function costsOf(usage: Usage, { input, output, total }: Required<Cost>): Cost {
  return {
    ...(usage.input === undefined ? {} : { input }),
    ...(usage.output === undefined ? {} : { output }),
    total,
  };
}

/** How a model of the library is priced: plainly, by a call to it, or not at all. */
type Pricing = Price | 'ask' | 'unknown';

const pricings = new Map<string, Pricing>();
const pricingsLimit = 1000;

function libraryCost(model: string, call: PricedCall): Cost | undefined {
  const key = `${call.provider ?? ''} ${model}`;
  let pricing = pricings.get(key);
  if (pricing === undefined) {
    pricing = pricingOf(model, call);
    if (pricings.size >= pricingsLimit) pricings.clear();
    pricings.set(key, pricing);
  }
  if (pricing === 'unknown') return undefined;
  if (pricing !== 'ask') return linearCost(call.usage, pricing);
  const result = ask(model, call);
  return (
    result &&
    costsOf(call.usage, {
      input: result.input_price,
      output: result.output_price,
      total: result.total_price,
    })
  );
}

/** Asking takes the library tens of microseconds, so models with a plain price are asked once. */
function pricingOf(model: string, call: PricedCall): Pricing {
  const result = ask(model, { ...call, usage: { input: 1, output: 1 } });
  if (!result) return 'unknown';
  const { input_mtok: input, output_mtok: output } = result.model_price;
  const { cache_read_mtok: cacheRead, cache_write_mtok: cacheWrite } = result.model_price;
  const all = [input, output, cacheRead, cacheWrite];
  const isPlain = all.every((price) => price === undefined || typeof price === 'number');
  if (!isPlain || Array.isArray(result.model.prices)) return 'ask';
  return {
    input: (input as number | undefined) ?? 0,
    output: (output as number | undefined) ?? 0,
    cacheRead: cacheRead as number | undefined,
    cacheWrite: cacheWrite as number | undefined,
  };
}

let library: typeof Library | undefined;

/** Loaded at the first priced call: half a megabyte of data that many processes never need. */
function loadLibrary(): typeof Library {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- a dynamic import cannot be synchronous
  return (library ??= require('@pydantic/genai-prices') as typeof Library);
}

/** With the provider first, then without: its name may be one the library does not know. */
function ask(model: string, call: PricedCall): Library.PriceCalculation | undefined {
  const { usage, provider } = call;
  const tokens: Library.Usage = {
    input_tokens: usage.input ?? 0,
    output_tokens: usage.output ?? 0,
    ...(usage.cacheRead === undefined ? {} : { cache_read_tokens: usage.cacheRead }),
    ...(usage.cacheWrite === undefined ? {} : { cache_write_tokens: usage.cacheWrite }),
  };
  const timestamp = new Date(call.time / 1000);
  const withProvider = provider === undefined ? undefined : libraryId(provider);
  return (
    (withProvider === undefined
      ? undefined
      : calculate(tokens, model, { timestamp, providerId: withProvider })) ??
    calculate(tokens, model, { timestamp })
  );
}

/** The library throws on counts that contradict each other, such as more cached than read. */
function calculate(
  usage: Library.Usage,
  model: string,
  options: Library.PriceOptions,
): Library.PriceCalculation | undefined {
  try {
    return loadLibrary().calcPrice(usage, model, options) ?? undefined;
  } catch {
    return undefined;
  }
}

const libraryIds: Readonly<Record<string, string>> = {
  'azure.ai.openai': 'azure',
  'azure.ai.inference': 'azure',
  'gcp.gemini': 'google',
  'gcp.gen_ai': 'google',
  'gcp.vertex_ai': 'google',
  'aws.bedrock': 'aws',
  x_ai: 'x-ai',
  mistral_ai: 'mistral',
  moonshot_ai: 'moonshotai',
};

function libraryId(provider: string): string {
  return Object.hasOwn(libraryIds, provider) ? (libraryIds[provider] ?? provider) : provider;
}

const windows = new Map<string, number | undefined>();

/** Tokens that a model takes, of input and output together, where the library knows it. */
export function contextWindowOf(
  models: readonly (string | undefined)[],
  provider: string | undefined,
): number | undefined {
  for (const model of models) {
    if (model === undefined) continue;
    const key = `${provider ?? ''} ${model}`;
    if (!windows.has(key)) {
      if (windows.size >= pricingsLimit) windows.clear();
      const call = { models, provider, usage: { input: 1, output: 1 }, time: Date.now() * 1000 };
      windows.set(key, ask(model, call)?.model.context_window);
    }
    const window = windows.get(key);
    if (window !== undefined) return window;
  }
  return undefined;
}
