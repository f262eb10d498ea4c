/** Something that takes turns. `credit` belongs to the rotation. */
export interface Turn {
  credit: number;
}

/**
 * Smooth weighted round robin, as nginx does it (`ngx_http_upstream_get_peer`): over any run of choices every candidate gets
 * its exact share, spread evenly. Candidates of weight 0 get none.
 */
export function nextInTurn<T extends Turn>(
  candidates: readonly T[],
  weightOf: (candidate: T) => number,
): T | undefined {
  let chosen: T | undefined;
  let total = 0;
  for (const candidate of candidates) {
    const weight = weightOf(candidate);
    if (weight <= 0) continue;
    total += weight;
    candidate.credit += weight;
    if (chosen === undefined || candidate.credit > chosen.credit) chosen = candidate;
  }
  if (chosen !== undefined) chosen.credit -= total;
  return chosen;
}
