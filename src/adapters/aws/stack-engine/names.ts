import { createHash } from 'node:crypto';

/** Tags of every stack, which CloudFormation gives to all that the stack makes. */
export const TAG = {
  deployment: 'hivemind:deployment',
  blueprint: 'hivemind:blueprint',
  variant: 'hivemind:variant',
} as const;

/** Of what HiveMind makes itself: what belongs to a stack goes with its stack. */
export const MANAGED_BY_TAG = { Key: 'hivemind:managed-by', Value: 'control-plane' } as const;

/** Parameter of templates whose resources CloudFormation does not tag by itself: who asked for the stack. */
export const OWNER_PARAMETER = 'Owner';

/** Parameters that a template may declare and the engine fills in, because no deployment has a say in them. */
export const AMBIENT_PARAMETERS: readonly string[] = [
  'DeploymentId',
  OWNER_PARAMETER,
  'ArtifactBucket',
  'AccessLogBucket',
  'LogGroup',
  'PermissionsBoundaryArn',
  'AlarmTopicArn',
  'InstanceDocument',
];

/** `listenerPort` → `ListenerPort` */
export const templateNameOf = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);

/** `ListenerPort` → `listenerPort` */
export const domainNameOf = (name: string): string => name.charAt(0).toLowerCase() + name.slice(1);

const CLIENT_REQUEST_TOKEN = /^[a-zA-Z0-9][-a-zA-Z0-9]{0,99}$/;

/** A token as CloudFormation allows it, the same for the same token. */
export const requestToken = (token: string): string =>
  CLIENT_REQUEST_TOKEN.test(token) ? token : shortDigest(token);

/** 20 hex digits. */
export const shortDigest = (text: string): string =>
  createHash('sha256').update(text).digest('hex').slice(0, 20);

/** Characters that a tag's value may have in every service. */
const NOT_IN_TAGS = /[^\p{L}\p{Z}\p{N}_.:/=+\-@]/gu;
const LONGEST_TAG_VALUE = 256;

export const tagValue = (value: string): string =>
  value.replace(NOT_IN_TAGS, '_').slice(0, LONGEST_TAG_VALUE);
