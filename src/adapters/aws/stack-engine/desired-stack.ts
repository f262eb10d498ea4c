import type { Tag } from '@aws-sdk/client-cloudformation';
import * as z from 'zod';
import { digestOf } from '../../../domain/digest.ts';
import { HiveMindError } from '../../../domain/errors.ts';
import type { Patience, StackRequest } from '../../../ports/stack-engine.ts';
import type { DescribedStack } from './described-stack.ts';
import type { BuildingFacts } from './facts.ts';
import { OWNER_PARAMETER, TAG, tagValue, templateNameOf } from './names.ts';

const templateShape = z.object({
  Parameters: z
    .record(
      z.string(),
      z.object({
        Type: z.string(),
        Default: z.unknown().optional(),
        AllowedPattern: z.string().optional(),
      }),
    )
    .default({}),
  Resources: z.record(z.string(), z.object({ Type: z.string() })),
});
export type Template = z.infer<typeof templateShape>;

/** A request in CloudFormation's words. */
export interface DesiredStack {
  readonly templateBody: string;
  readonly template: Template;
  readonly parameters: readonly { readonly ParameterKey: string; readonly ParameterValue: string }[];
  readonly tags: readonly Tag[];
  readonly variant: string;
}

/** One call of `deploy`: what is wanted, and what it takes. */
export interface Deploy {
  readonly facts: BuildingFacts;
  readonly request: StackRequest;
  readonly desired: DesiredStack;
  readonly tooLate: Patience['tooLate'];
}

/** @throws {HiveMindError} InternalError: the blueprint has no such parameter, or its template cannot be read */
export async function desiredStack(
  { templateOf, controlPlane }: Pick<BuildingFacts, 'templateOf' | 'controlPlane'>,
  request: StackRequest,
): Promise<DesiredStack> {
  const { variant = '', ...parameters } = request.parameters;
  const templateBody = await templateOf(request.blueprint, variant);
  const template = parsedTemplate(templateBody, `${request.blueprint} ${variant}`);
  const given = new Map(Object.entries(parameters).map(([name, value]) => [templateNameOf(name), value]));
  for (const name of given.keys()) {
    if (!Object.hasOwn(template.Parameters, name)) throw unknownParameter(request, name);
  }
  const ambient = ambientValues(request, controlPlane);
  const values = Object.keys(template.Parameters).flatMap((name) => {
    const value = given.get(name) ?? ambient.get(name);
    return value === undefined ? [] : [{ ParameterKey: name, ParameterValue: value }];
  });
  return { templateBody, template, parameters: values, tags: tagsOf(request, variant), variant };
}

function parsedTemplate(body: string, what: string): Template {
  try {
    return templateShape.parse(JSON.parse(body));
  } catch (cause) {
    throw new HiveMindError('InternalError', `the template of the blueprint ${what} cannot be read`, {
      hint: 'the control plane is damaged: deploy it again with `npx cdk deploy`',
      cause,
    });
  }
}

const ambientValues = (
  { deploymentId, tags }: StackRequest,
  controlPlane: BuildingFacts['controlPlane'],
): ReadonlyMap<string, string> =>
  new Map([
    ['DeploymentId', deploymentId],
    [OWNER_PARAMETER, tagValue(tags['owner'] ?? '')],
    ...Object.entries(controlPlane).map(([name, value]) => [templateNameOf(name), value] as const),
  ]);

function tagsOf({ tags, deploymentId, blueprint }: StackRequest, variant: string): Tag[] {
  const own = { [TAG.deployment]: deploymentId, [TAG.blueprint]: blueprint, [TAG.variant]: variant };
  const asked = Object.entries(tags).map(([name, value]) => [`hivemind:${name}`, value] as const);
  return [...asked, ...Object.entries(own)]
    .filter(([, value]) => value !== '')
    .map(([Key, value]) => ({ Key, Value: tagValue(value) }));
}

/**
 * Whether the stack has the variant and every parameter that is asked for. Parameters that CloudFormation looks up itself, such
 * as the newest machine image, do not count: a stack that stands is not changed because of them. Neither do tags alone, nor the owner
 * for them.
 */
export function hasParameters(
  stack: DescribedStack,
  { parameters, template, variant }: DesiredStack,
): boolean {
  if ((stack.tags[TAG.variant] ?? '') !== variant) return false;
  const wanted = new Map(
    parameters.map(({ ParameterKey, ParameterValue }) => [ParameterKey, ParameterValue]),
  );
  return Object.entries(template.Parameters).every(([name, { Type, Default }]) => {
    if (Type.startsWith('AWS::SSM::') || name === OWNER_PARAMETER) return true;
    const value = wanted.get(name) ?? (Default === undefined ? '' : String(Default));
    return stack.parameters[name] === value;
  });
}

/** Whether two texts are the same template, however they are written. */
export const isSameTemplate = (one: string, other: string): boolean =>
  one === other || digestOf(JSON.parse(one)) === digestOf(JSON.parse(other));

const unknownParameter = ({ blueprint }: StackRequest, name: string): HiveMindError =>
  new HiveMindError('InternalError', `the template of the blueprint ${blueprint} has no parameter ${name}`, {
    hint: 'the control plane and the command line are of different versions: deploy the control plane again with `npx cdk deploy`',
  });
