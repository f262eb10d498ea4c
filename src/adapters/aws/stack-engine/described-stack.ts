import {
  type CloudFormationClient,
  type Stack as CloudFormationStack,
  DescribeStacksCommand,
} from '@aws-sdk/client-cloudformation';
import type { FailureDetail } from '../../../domain/failure.ts';
import { BLUEPRINTS, type BlueprintName, type Stack, type StackStatus } from '../../../domain/stack.ts';
import { asked, awsErrorName } from '../aws-failure.ts';
import { AMBIENT_PARAMETERS, domainNameOf, TAG } from './names.ts';
import { meaningOf, type Phase } from './status.ts';

/** A stack as CloudFormation describes it. */
export interface DescribedStack {
  readonly id: string;
  readonly name: string;
  /** CloudFormation's own status. */
  readonly cloudFormationStatus: string;
  readonly phase: Phase;
  readonly status: StackStatus;
  /** ISO time of its last change; null where that is not told. */
  readonly changedAt: string | null;
  readonly tags: Readonly<Record<string, string>>;
  /** By the template's names. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly outputs: Readonly<Record<string, string>>;
}

/** The stack with this name or id, whoever made it; undefined when there is none (any more). */
export async function findStack(
  client: CloudFormationClient,
  name: string,
): Promise<DescribedStack | undefined> {
  try {
    const answer = await asked(
      client.send(new DescribeStacksCommand({ StackName: name })),
      `look at the stack "${name}"`,
    );
    const described = answer.Stacks?.[0] && describedFrom(answer.Stacks[0]);
    return described?.phase === 'absent' ? undefined : described;
  } catch (error) {
    if (saysMissing(error)) return undefined;
    throw error;
  }
}

/** CloudFormation answers with a ValidationError both to a name it does not know and to bad input. */
export const saysMissing = (error: unknown): boolean =>
  awsErrorName(error) === 'ValidationError' && error instanceof Error && /does not exist/.test(error.message);

function describedFrom(stack: CloudFormationStack): DescribedStack {
  const { phase, status } = meaningOf(stack.StackStatus);
  return {
    id: stack.StackId ?? '',
    name: stack.StackName ?? '',
    cloudFormationStatus: stack.StackStatus ?? '',
    changedAt: (stack.LastUpdatedTime ?? stack.CreationTime)?.toISOString() ?? null,
    phase,
    status,
    tags: Object.fromEntries((stack.Tags ?? []).map(({ Key, Value }) => [Key ?? '', Value ?? ''])),
    parameters: Object.fromEntries(
      (stack.Parameters ?? []).map(({ ParameterKey, ParameterValue }) => [
        ParameterKey ?? '',
        ParameterValue ?? '',
      ]),
    ),
    outputs: Object.fromEntries(
      (stack.Outputs ?? []).map(({ OutputKey, OutputValue }) => [
        domainNameOf(OutputKey ?? ''),
        OutputValue ?? '',
      ]),
    ),
  };
}

/** The deployment that a stack was made for; undefined when HiveMind did not make it. */
export const deploymentOf = ({ tags }: DescribedStack): string | undefined =>
  blueprintOf(tags) && tags[TAG.deployment];

const blueprintOf = (tags: DescribedStack['tags']): BlueprintName | undefined =>
  BLUEPRINTS.find((blueprint) => blueprint === tags[TAG.blueprint]);

/** In the words of the domain; undefined when HiveMind did not make the stack. */
export function domainStack(stack: DescribedStack, failure: FailureDetail | null = null): Stack | undefined {
  const [blueprint, deploymentId] = [blueprintOf(stack.tags), deploymentOf(stack)];
  if (!blueprint || !deploymentId) return undefined;
  const { name, status, outputs } = stack;
  return { name, blueprint, deploymentId, status, parameters: domainParameters(stack), outputs, failure };
}

/** What the stack was asked for: not what the engine adds by itself. */
function domainParameters({ parameters, tags }: DescribedStack): Record<string, string> {
  const asked = Object.entries(parameters)
    .filter(([name]) => !AMBIENT_PARAMETERS.includes(name))
    .map(([name, value]) => [domainNameOf(name), value]);
  const variant = tags[TAG.variant];
  return Object.fromEntries(variant === undefined ? asked : [['variant', variant], ...asked]);
}
