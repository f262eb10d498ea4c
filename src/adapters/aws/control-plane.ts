import * as z from 'zod';
import { HiveMindError } from '../../domain/errors.ts';

/** What the adapters have to know of the control plane: outputs of its stack, and environment of its functions. */
export const controlPlaneShape = z.object({
  table: z.string().min(1),
  artifactBucket: z.string().min(1),
  accessLogBucket: z.string().min(1),
  /** Log group of all deployments; the streams are `<deployment id>/<source>/<name>`. */
  logGroup: z.string().min(1),
  /** CodeBuild project of the builds. */
  buildProject: z.string().min(1),
  /** Role with which CloudFormation makes the stacks. */
  stackRoleArn: z.string().min(1),
  permissionsBoundaryArn: z.string().min(1),
  /** Systems Manager document that runs one verb of the instance program. */
  instanceDocument: z.string().min(1),
  alarmTopicArn: z.string().min(1),
  /** ARN of the state machine of a workflow, without the workflow's name at its end. */
  stateMachineArnPrefix: z.string().min(1),
  /** JSON: the variables of docs/models.md that say which language models are asked. */
  models: z.string().min(2),
  /** Version of HiveMind that the control plane was deployed from. */
  version: z.string().min(1),
});
export type ControlPlane = z.infer<typeof controlPlaneShape>;

/** `artifactBucket` → `HIVEMIND_ARTIFACT_BUCKET` */
export const environmentNameOf = (key: string): string =>
  `HIVEMIND_${key.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;

/** `artifactBucket` → `ArtifactBucket` */
export const outputNameOf = (key: string): string => key.charAt(0).toUpperCase() + key.slice(1);

/**
 * The given facts of the control plane, from the environment of one of its functions, which has only those it needs.
 * @throws {HiveMindError} InternalError: one is missing
 */
export function controlPlaneFacts<Key extends keyof ControlPlane>(
  environment: NodeJS.ProcessEnv,
  keys: readonly Key[],
): Pick<ControlPlane, Key> {
  const facts: Partial<Record<keyof ControlPlane, string>> = {};
  for (const key of keys) {
    const value = environment[environmentNameOf(key)];
    if (!value) throw factMissing(environmentNameOf(key));
    facts[key] = value;
  }
  return facts as Pick<ControlPlane, Key>;
}

const factMissing = (name: string): HiveMindError =>
  new HiveMindError('InternalError', `the function has no ${name}`, {
    hint: 'the control plane is damaged: deploy it again with `npx cdk deploy`',
  });
