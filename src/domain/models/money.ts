const NANO = 1_000_000_000;

/** Billionths of a dollar as dollars: to be shown, not to be counted with. */
export const usdOfNano = (nanoUsd: number): number => nanoUsd / NANO;

/** Dollars, as an operator gives them, as billionths of one. */
export const nanoOfUsd = (usd: number): number => Math.round(usd * NANO);
