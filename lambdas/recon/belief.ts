import type { Evidence, Fact } from '../../src/domain/plan.ts';
import type { Observation, ObservedField, Proposals } from './observation.ts';

const HIGHEST_CONFIDENCE = 0.99;
const MAXIMUM_EVIDENCE = 8;
/** From here on rules are sure (requirement A12). */
export const SURE_ENOUGH = 0.8;

/**
 * One fact out of the observations of a field, by Dempster's rule of combination: agreeing observations add up to
 * 1 - (1-a)(1-b), and a value's belief is its odds over the odds of all values and of none. Ties go to the first detector.
 */
export function believe<F extends ObservedField>(
  observations: readonly Observation<F>[],
): Fact<Proposals[F]> | undefined {
  const hypotheses = group(observations).sort((a, b) => b.confidence - a.confidence);
  const [winner, ...others] = hypotheses;
  if (!winner) return undefined;
  const against = others.reduce((sum, other) => sum + odds(other.confidence), 0);
  const confidence = odds(winner.confidence) / (1 + odds(winner.confidence) + against);
  const contradictions = others.flatMap((other) =>
    other.evidence.map((evidence) => ({ ...evidence, note: `against it: ${evidence.note}` })),
  );
  return {
    value: winner.value,
    confidence: rounded(confidence),
    evidence: distinct([...winner.evidence, ...contradictions]).slice(0, MAXIMUM_EVIDENCE),
  };
}

/** Two decimals, as many as a judgement bears. */
export const rounded = (confidence: number): number => Math.round(confidence * 100) / 100;

/** Without repetitions, first come first kept. */
export function distinct(evidence: readonly Evidence[]): Evidence[] {
  const seen = new Set<string>();
  return evidence.filter(({ file, line, note }) => {
    const key = JSON.stringify([file, line, note]);
    return !seen.has(key) && seen.add(key);
  });
}

function group<F extends ObservedField>(observations: readonly Observation<F>[]): Observation<F>[] {
  const groups = new Map<string, Observation<F>>();
  for (const observation of observations) {
    const key = JSON.stringify(observation.value);
    const known = groups.get(key);
    groups.set(
      key,
      known ? reinforce(known, observation) : { ...observation, confidence: capped(observation.confidence) },
    );
  }
  return [...groups.values()];
}

const reinforce = <F extends ObservedField>(known: Observation<F>, more: Observation<F>): Observation<F> => ({
  ...known,
  confidence: capped(1 - (1 - known.confidence) * (1 - more.confidence)),
  evidence: [...known.evidence, ...more.evidence],
});

const capped = (confidence: number): number => Math.min(HIGHEST_CONFIDENCE, confidence);
const odds = (confidence: number): number => confidence / (1 - confidence);
