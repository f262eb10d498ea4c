import {
  DescribeTargetHealthCommand,
  type TargetDescription,
  type TargetHealthDescription,
  TargetHealthReasonEnum,
  type TargetHealthStateEnum,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Color } from '../../../domain/deployment.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { Patience } from '../../../ports/stack-engine.ts';
import type { TargetHealth } from '../../../ports/traffic-router.ts';
import { askedUnless } from '../aws-failure.ts';
import { lookUntilSettled } from '../polling.ts';
import { GONE, type RoutingFacts, targetGroupArn, targetGroupNotFound } from './outputs.ts';

/** @throws {HiveMindError} TargetGroupNotFound */
export async function healthOf(
  facts: RoutingFacts,
  loadBalancer: string,
  color: Color,
): Promise<readonly TargetHealth[]> {
  const arn = await targetGroupArn(facts, loadBalancer, color);
  return (await descriptionsOf(facts, loadBalancer, arn)).map(targetHealth);
}

/** Looks at growing distances: the load balancer itself checks every few seconds only. */
export async function healthChangeOf(
  facts: RoutingFacts & { readonly clock: Clock },
  { loadBalancer, color, seen }: HealthSeen,
  patience: Patience,
): Promise<readonly TargetHealth[]> {
  const arn = await targetGroupArn(facts, loadBalancer, color);
  const before = fingerprint(seen);
  return lookUntilSettled(
    async () => {
      const value = (await descriptionsOf(facts, loadBalancer, arn)).map(targetHealth);
      return { settled: fingerprint(value) !== before, value };
    },
    patience,
    facts.clock,
  );
}

export interface HealthSeen {
  readonly loadBalancer: string;
  readonly color: Color;
  readonly seen: readonly TargetHealth[];
}

const fingerprint = (health: readonly TargetHealth[]): string =>
  health
    .map(({ id, state, reason, lastStatus }) => JSON.stringify([id, state, reason, lastStatus]))
    .toSorted()
    .join();

/** A target that is or was registered, as the load balancer names it. */
export type Registered = TargetHealthDescription & { readonly Target: TargetDescription & { Id: string } };

/** What is registered or still draining: the load balancer also answers for targets that it does not know any more. */
export async function descriptionsOf(
  { loadBalancing }: RoutingFacts,
  loadBalancer: string,
  arn: string,
): Promise<readonly Registered[]> {
  const answer = await askedUnless(
    loadBalancing.send(new DescribeTargetHealthCommand({ TargetGroupArn: arn })),
    GONE,
    `look at the health of the targets of "${loadBalancer}"`,
  );
  if (!answer) throw targetGroupNotFound(loadBalancer);
  return (answer.TargetHealthDescriptions ?? []).filter(isRegistered);
}

const isRegistered = (description: TargetHealthDescription): description is Registered =>
  description.Target?.Id !== undefined &&
  description.TargetHealth?.Reason !== TargetHealthReasonEnum.NOT_REGISTERED;

const STATES: Record<TargetHealthStateEnum, TargetHealth['state']> = {
  initial: 'initial',
  healthy: 'healthy',
  unhealthy: 'unhealthy',
  'unhealthy.draining': 'draining',
  draining: 'draining',
  // Nothing is sent to it, and nothing checks it: waiting does not help.
  unused: 'unhealthy',
  unavailable: 'initial',
};

const REASONS: Record<TargetHealthReasonEnum, string> = {
  'Elb.RegistrationInProgress': 'is being registered',
  'Elb.InitialHealthChecking': 'its first health checks are under way',
  'Elb.InternalError': 'the load balancer could not check it because of an error of its own',
  'Target.ResponseCodeMismatch': 'the health check was answered with a status that does not mean healthy',
  'Target.Timeout': 'no answer to the health check in time',
  'Target.FailedHealthChecks': 'the health check could not connect, or its answer made no sense',
  'Target.NotRegistered': 'is not registered',
  'Target.NotInUse': 'its target group is not used by any listener',
  'Target.InvalidState': 'the instance is stopped or terminated',
  'Target.IpUnusable': 'its address belongs to a load balancer',
  'Target.HealthCheckDisabled': 'health checks are turned off',
  'Target.DeregistrationInProgress': 'finishes the requests it has',
};

/** The load balancer tells the result of a whole threshold of checks, not their number. */
const CONSECUTIVE = 1;

function targetHealth({ Target, TargetHealth: health }: Registered): TargetHealth {
  const { State = 'unavailable', Reason, Description } = health ?? {};
  const state = STATES[State] ?? 'initial';
  const lastStatus = Reason === 'Target.ResponseCodeMismatch' ? statusIn(Description) : null;
  const words = (Reason && REASONS[Reason]) ?? Description ?? null;
  return {
    id: Target.Id,
    state,
    reason:
      state === 'healthy'
        ? null
        : lastStatus === null
          ? words
          : `the health check was answered ${lastStatus}`,
    lastStatus,
    consecutive: CONSECUTIVE,
  };
}

/** `Health checks failed with these codes: [404, 502]` → 502, the last one. */
function statusIn(description: string | undefined): number | null {
  const code = /\b([1-5]\d\d)\b(?!.*\b[1-5]\d\d\b)/.exec(description ?? '')?.[1];
  return code === undefined ? null : Number(code);
}
