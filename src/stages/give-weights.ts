import { HiveMindError } from '../domain/errors.ts';
import type { Weights } from '../domain/swap.ts';
import type { TrafficRouter } from '../ports/traffic-router.ts';

/**
 * Splits the traffic, and believes it only when the load balancer says so itself.
 * @throws {HiveMindError} StackFailed: it did not take the weights
 */
export async function giveWeights(
  { router }: { readonly router: Pick<TrafficRouter, 'shift' | 'weights'> },
  balancer: string,
  wanted: Weights,
): Promise<void> {
  await router.shift(balancer, wanted);
  const weights = await router.weights(balancer);
  if (weights.blue === wanted.blue) return;
  throw new HiveMindError(
    'StackFailed',
    `the load balancer "${balancer}" did not take the weights blue ${wanted.blue}, green ${wanted.green}`,
    { hint: 'run the command again; if it stays, look at `hivemind status`' },
  );
}
