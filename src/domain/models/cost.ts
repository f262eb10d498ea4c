import type { ModelUsage } from './model-call.ts';
import type { ModelPrice, PriceTier, TokenPrices } from './price.ts';

const PICO_IN_NANO = 1_000n;

/** In billionths of a US dollar, rounded up once. The tokens are whole numbers, none negative. */
export function costNanoUsd(usage: ModelUsage, price: ModelPrice): number {
  const { picoUsdPerToken } = tierFor(promptTokens(usage), price);
  return nanoUsd(picoUsdOf(usage, picoUsdPerToken));
}

/** No usage within these bounds costs more, however much of it was cached and for how long. */
export function worstCaseNanoUsd(
  bounds: { readonly promptTokens: number; readonly maximumOutputTokens: number },
  price: ModelPrice,
): number {
  const costs = price.tiers
    .filter(({ abovePromptTokens }) => abovePromptTokens === 0 || bounds.promptTokens > abovePromptTokens)
    .map(({ picoUsdPerToken: { input, output, cacheRead, cacheWrite } }) => {
      const dearest = Math.max(input, cacheRead, cacheWrite['5m'], cacheWrite['1h']);
      return product(bounds.promptTokens, dearest) + product(bounds.maximumOutputTokens, output);
    });
  return nanoUsd(costs.toSorted((a, b) => Number(b > a) - Number(a > b))[0] ?? 0n);
}

/** All of the prompt, whatever part of it came from a cache. */
const promptTokens = ({ inputTokens, cacheReadTokens, cacheWriteTokens }: ModelUsage): number =>
  inputTokens + cacheReadTokens + cacheWriteTokens['5m'] + cacheWriteTokens['1h'];

function tierFor(tokens: number, { tiers }: ModelPrice): PriceTier {
  const tier = tiers.findLast(
    ({ abovePromptTokens }) => abovePromptTokens === 0 || tokens > abovePromptTokens,
  );
  if (tier === undefined) throw new RangeError('a price has no tier for short prompts');
  return tier;
}

const picoUsdOf = (usage: ModelUsage, prices: TokenPrices): bigint =>
  product(usage.inputTokens, prices.input) +
  product(usage.outputTokens, prices.output) +
  product(usage.cacheReadTokens, prices.cacheRead) +
  product(usage.cacheWriteTokens['5m'], prices.cacheWrite['5m']) +
  product(usage.cacheWriteTokens['1h'], prices.cacheWrite['1h']);

/** A long conversation at a high price leaves the integers that a number holds exactly. */
const product = (tokens: number, picoUsd: number): bigint => BigInt(tokens) * BigInt(picoUsd);

const nanoUsd = (picoUsd: bigint): number => Number((picoUsd + PICO_IN_NANO - 1n) / PICO_IN_NANO);
