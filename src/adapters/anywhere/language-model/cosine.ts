/** How alike two questions have to be for the answer of one to stand for the other (D6). */
export const SIMILAR_ENOUGH = 0.95;

/** Whether two vectors point in nearly the same direction. Those of different models never do: their lengths differ. */
export function isSimilar(one: readonly number[], other: readonly number[]): boolean {
  if (one.length !== other.length) return false;
  let product = 0;
  let squaresOfOne = 0;
  let squaresOfOther = 0;
  for (const [at, value] of one.entries()) {
    const against = other[at] ?? 0;
    product += value * against;
    squaresOfOne += value * value;
    squaresOfOther += against * against;
  }
  return product >= SIMILAR_ENOUGH * Math.sqrt(squaresOfOne * squaresOfOther) && product > 0;
}
