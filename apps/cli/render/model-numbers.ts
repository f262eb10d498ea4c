const SMALL_USD = 0.01;

/** `$12.34`, or as many digits as a cheap call needs: `$0.000042`. */
export function modelDollars(usd: number): string {
  if (usd === 0 || usd >= SMALL_USD) return `$${usd.toFixed(2)}`;
  return `$${usd.toFixed(Math.min(9, 1 - Math.floor(Math.log10(usd))))}`;
}

export const wholeNumberText = (count: number): string => count.toLocaleString('en-US');
