import { PROMPT_CACHE_TTLS, type PromptCacheTtl } from './model-call.ts';
import { namedModel } from './model-id.ts';
import prices from './model-prices.json' with { type: 'json' };
import type { ModelReference } from './model-settings.ts';

/** In millionths of a millionth of a US dollar for a token: that is millionths of a dollar for a million of them. */
export interface TokenPrices {
  readonly input: number;
  readonly output: number;
  readonly cacheRead: number;
  readonly cacheWrite: Readonly<Record<PromptCacheTtl, number>>;
}

export interface PriceTier {
  /** It is that of a whole request when its prompt, cached tokens included, is longer. */
  readonly abovePromptTokens: number;
  readonly picoUsdPerToken: TokenPrices;
}

export interface ModelPrice {
  /** False: the model is not in the list, and this is more than any that is. */
  readonly isKnown: boolean;
  /** Shortest prompts first; the first one begins at 0. */
  readonly tiers: readonly PriceTier[];
}

interface ListedModel {
  readonly cache: keyof typeof prices.cacheFactors;
  readonly regionalFactor: string;
  readonly tiers: readonly ListedTier[];
}
interface ListedTier {
  readonly abovePromptTokens?: number;
  readonly input: string;
  readonly output: string;
}

const MICRO = 1_000_000;

const listed: ReadonlyMap<string, ListedModel> = new Map(
  prices.models.flatMap(({ ids, ...model }) => ids.map((id) => [id, model as ListedModel] as const)),
);

/** The list price of a model under any of its ids; of one that is not in the list, the dearest. */
export function priceOf(model: ModelReference): ModelPrice {
  const { name, isRegional } = namedModel(model);
  const found = name === undefined ? undefined : listed.get(name);
  return found === undefined ? dearest : priceIn(found, isRegional);
}

const priceIn = ({ cache, regionalFactor, tiers }: ListedModel, isRegional: boolean): ModelPrice => ({
  isKnown: true,
  tiers: tiers.map(({ abovePromptTokens = 0, input, output }) => {
    const base = times(micro(input), isRegional ? regionalFactor : '1');
    const factors = prices.cacheFactors[cache];
    return {
      abovePromptTokens,
      picoUsdPerToken: {
        input: base,
        output: times(micro(output), isRegional ? regionalFactor : '1'),
        cacheRead: times(base, factors.read),
        cacheWrite: { '5m': times(base, factors.write5m), '1h': times(base, factors.write1h) },
      },
    };
  }),
});

/** `0.035` as 35,000, without a detour through binary fractions. */
function micro(decimal: string): number {
  const [whole = '', fraction = ''] = decimal.split('.');
  return Number(`${whole}${fraction.padEnd(6, '0')}`);
}

/** Rounded up to whole picodollars, so that a call is never too cheap. */
const times = (picoUsd: number, factor: string): number => Math.ceil((picoUsd * micro(factor)) / MICRO);

const dearest = dearestOf([...listed.values()].map((model) => priceIn(model, true)));

function dearestOf(known: readonly ModelPrice[]): ModelPrice {
  const all = known.flatMap(({ tiers }) => tiers.map(({ picoUsdPerToken }) => picoUsdPerToken));
  const most = (price: (of: TokenPrices) => number): number => Math.max(...all.map(price));
  const [short, long] = PROMPT_CACHE_TTLS;
  return {
    isKnown: false,
    tiers: [
      {
        abovePromptTokens: 0,
        picoUsdPerToken: {
          input: most(({ input }) => input),
          output: most(({ output }) => output),
          cacheRead: most(({ cacheRead }) => cacheRead),
          cacheWrite: {
            [short]: most(({ cacheWrite }) => cacheWrite[short]),
            [long]: most(({ cacheWrite }) => cacheWrite[long]),
          } as Record<PromptCacheTtl, number>,
        },
      },
    ],
  };
}

/** Where the prices are from. `asOf` is a day. */
export const priceList: { readonly asOf: string; readonly sources: readonly string[] } = {
  asOf: prices.asOf,
  sources: Object.values(prices.sources),
};
