import {
  type Action,
  DescribeListenersCommand,
  ModifyListenerCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { HiveMindError } from '../../../domain/errors.ts';
import type { Weights } from '../../../domain/swap.ts';
import type { Clock } from '../../../ports/clock.ts';

import { askedUnless } from '../aws-failure.ts';
import { lookUntilSettled } from '../polling.ts';
import { GONE, loadBalancerOutputs, type RoutingFacts, targetGroupNotFound } from './outputs.ts';

interface Listener {
  readonly loadBalancer: string;
  readonly arn: string;
  readonly blue: string;
  readonly green: string;
}

async function listenerOf({ cloudFormation }: RoutingFacts, loadBalancer: string): Promise<Listener> {
  const names = ['listenerArn', 'blueTargetGroupArn', 'greenTargetGroupArn'];
  const outputs = await loadBalancerOutputs(cloudFormation, loadBalancer, names);
  const [arn = '', blue = '', green = ''] = names.map((name) => outputs[name]);
  return { loadBalancer, arn, blue, green };
}

/** @throws {HiveMindError} TargetGroupNotFound; AwsRefused: the listener sends requests to something else */
export async function weightsOf(facts: RoutingFacts, loadBalancer: string): Promise<Weights> {
  return read(facts, await listenerOf(facts, loadBalancer));
}

async function read({ loadBalancing }: RoutingFacts, listener: Listener): Promise<Weights> {
  const answer = await askedUnless(
    loadBalancing.send(new DescribeListenersCommand({ ListenerArns: [listener.arn] })),
    GONE,
    `read the weights of "${listener.loadBalancer}"`,
  );
  const actions = answer?.Listeners?.[0]?.DefaultActions;
  if (!actions) throw targetGroupNotFound(listener.loadBalancer);
  return percentages(actions, listener);
}

/** A listener that forwards to one target group has no weights: it gets everything. */
function percentages(actions: readonly Action[], { blue, green, loadBalancer }: Listener): Weights {
  const forward = actions.find(({ Type }) => Type === 'forward');
  const groups = forward?.ForwardConfig?.TargetGroups ?? [
    { TargetGroupArn: forward?.TargetGroupArn, Weight: 1 },
  ];
  const weightOf = (arn: string): number =>
    groups.length === 1
      ? Number(groups[0]?.TargetGroupArn === arn)
      : (groups.find(({ TargetGroupArn }) => TargetGroupArn === arn)?.Weight ?? 0);
  const total = weightOf(blue) + weightOf(green);
  if (total === 0) throw leadsElsewhere(loadBalancer);
  const share = Math.round((100 * weightOf(blue)) / total);
  return { blue: share, green: 100 - share };
}

const leadsElsewhere = (loadBalancer: string): HiveMindError =>
  new HiveMindError('AwsRefused', `the listener of "${loadBalancer}" sends requests to neither colour`, {
    hint: 'somebody has changed the listener: deploy again, which puts it right',
  });

/** Until the service tells what it was told: it answers from several places. */
const PATIENCE = { patienceSeconds: 5 };

/** Sets the weights and reads them back. @throws {HiveMindError} InvalidInput, TargetGroupNotFound, AwsUnavailable */
export async function shiftWeights(
  facts: RoutingFacts & { readonly clock: Clock },
  loadBalancer: string,
  weights: Weights,
): Promise<void> {
  refuseFractions(weights);
  const listener = await listenerOf(facts, loadBalancer);
  const changed = await askedUnless(
    facts.loadBalancing.send(
      new ModifyListenerCommand({
        ListenerArn: listener.arn,
        DefaultActions: [forwarding(listener, weights)],
      }),
    ),
    GONE,
    `shift the traffic of "${loadBalancer}"`,
  );
  if (!changed) throw targetGroupNotFound(loadBalancer);
  const isShifted = await lookUntilSettled(
    async () => {
      const { blue, green } = await read(facts, listener);
      const value = blue === weights.blue && green === weights.green;
      return { settled: value, value };
    },
    PATIENCE,
    facts.clock,
  );
  if (!isShifted) throw notTakenOver(loadBalancer, weights);
}

const forwarding = ({ blue, green }: Listener, weights: Weights): Action => ({
  Type: 'forward',
  ForwardConfig: {
    TargetGroups: [
      { TargetGroupArn: blue, Weight: weights.blue },
      { TargetGroupArn: green, Weight: weights.green },
    ],
    // A client that stayed with its colour would keep the old release alive.
    TargetGroupStickinessConfig: { Enabled: false },
  },
});

function refuseFractions({ blue, green }: Weights): void {
  const whole = [blue, green].every((weight) => Number.isInteger(weight) && weight >= 0);
  if (whole && blue + green === 100) return;
  throw new HiveMindError('InvalidInput', `weights of ${blue} and ${green} do not share the traffic`, {
    hint: 'give whole percentages from 0 to 100 that add up to 100',
  });
}

const notTakenOver = (loadBalancer: string, { blue, green }: Weights): HiveMindError =>
  new HiveMindError(
    'AwsUnavailable',
    `the load balancer "${loadBalancer}" does not yet say that blue has ${blue} % and green ${green} %`,
    { hint: 'run the command again: it continues here' },
  );
