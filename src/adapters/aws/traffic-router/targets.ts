import { DeregisterTargetsCommand, RegisterTargetsCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Color } from '../../../domain/deployment.ts';
import { HiveMindError } from '../../../domain/errors.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { Patience } from '../../../ports/stack-engine.ts';
import type { TargetAddress } from '../../../ports/traffic-router.ts';
import { asked, askedUnless, awsErrorName } from '../aws-failure.ts';
import { lookUntilSettled } from '../polling.ts';
import { type GroupFacts, stopReplacing } from './group-health.ts';
import { descriptionsOf } from './health.ts';
import { GONE, targetGroupArn, targetGroupNotFound } from './outputs.ts';

/** By instance id and port; registering again does nothing. @throws {HiveMindError} TargetGroupNotFound, InstanceNotFound */
export async function registerTargets(
  facts: GroupFacts,
  loadBalancer: string,
  color: Color,
  targets: readonly TargetAddress[],
): Promise<void> {
  const arn = await targetGroupArn(facts, loadBalancer, color);
  if (targets.length === 0) return;
  const Targets = targets.map(({ id, port }) => ({ Id: id, Port: port }));
  try {
    await asked(
      facts.loadBalancing.send(new RegisterTargetsCommand({ TargetGroupArn: arn, Targets })),
      `register targets with "${loadBalancer}"`,
    );
  } catch (error) {
    const name = awsErrorName(error) ?? '';
    if (GONE.includes(name)) throw targetGroupNotFound(loadBalancer);
    if (error instanceof HiveMindError && name.startsWith('InvalidTarget')) throw notATarget(error);
    throw error;
  }
}

const notATarget = (error: HiveMindError): HiveMindError =>
  new HiveMindError('InstanceNotFound', error.message, {
    hint: 'an instance has gone or been stopped meanwhile: run the command again, which looks at those that are there',
    cause: error,
  });

export interface Leaving {
  readonly loadBalancer: string;
  readonly color: Color;
  readonly targetIds: readonly string[];
}

/** Draining ends early when a target has nothing to do any more. @returns whether it has ended */
export async function deregisterTargets(
  facts: GroupFacts & { readonly clock: Clock },
  { loadBalancer, color, targetIds }: Leaving,
  patience: Patience,
): Promise<boolean> {
  const arn = await targetGroupArn(facts, loadBalancer, color);
  return lookUntilSettled(
    async () => {
      const present = await descriptionsOf(facts, loadBalancer, arn);
      const leaving = present.filter(({ Target }) => targetIds.includes(Target.Id));
      const serving = leaving.filter(({ TargetHealth }) => !TargetHealth?.State?.endsWith('draining'));
      if (serving.length > 0) {
        await stopReplacing(facts, loadBalancer, color);
        const Targets = serving.map(({ Target }) => Target);
        await askedUnless(
          facts.loadBalancing.send(new DeregisterTargetsCommand({ TargetGroupArn: arn, Targets })),
          // Somebody else was faster.
          ['InvalidTarget', 'InvalidTargetException'],
          `take targets out of "${loadBalancer}"`,
        );
      }
      return { settled: leaving.length === 0, value: leaving.length === 0 };
    },
    patience,
    facts.clock,
  );
}
