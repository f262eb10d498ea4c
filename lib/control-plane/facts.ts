/** What the functions and the command line know of the control plane: the keys of src/adapters/aws/control-plane.ts. A test compares. */
export const FACTS = [
  'table',
  'artifactBucket',
  'accessLogBucket',
  'logGroup',
  'buildProject',
  'stackRoleArn',
  'permissionsBoundaryArn',
  'instanceDocument',
  'alarmTopicArn',
  'stateMachineArnPrefix',
  'models',
  'version',
] as const;
export type Fact = (typeof FACTS)[number];
export type Facts = Readonly<Record<Fact, string>>;

/** `artifactBucket` → `HIVEMIND_ARTIFACT_BUCKET` */
export const environmentName = (fact: Fact): string =>
  `HIVEMIND_${fact.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;

/** `artifactBucket` → `ArtifactBucket` */
export const outputName = (fact: Fact): string => fact.charAt(0).toUpperCase() + fact.slice(1);
