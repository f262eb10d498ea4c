import { printable } from '../../../domain/deployment.ts';
import { HiveMindError } from '../../../domain/errors.ts';

const SEGMENT = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,99}$/;

/** Under which the secrets of a deployment lie, those of its stacks too. @throws {HiveMindError} InvalidInput */
export const secretPrefix = (deploymentId: string): string =>
  `hivemind/${segment(deploymentId, 'the id of a deployment')}/`;

/** What the name of every version of a secret starts with. @throws {HiveMindError} InvalidInput */
export const versionPrefix = (deploymentId: string, name: string): string =>
  `${secretPrefix(deploymentId)}${segment(name, 'the name of a secret')}-`;

/** The name in the ARN of a secret, without the six characters that AWS puts after it; empty for anything else. */
export const nameIn = (arn: string): string =>
  /^arn:[^:]+:secretsmanager:[^:]+:\d+:secret:(.+)-[A-Za-z0-9]{6}$/.exec(arn)?.[1] ?? '';

/** A part of a name that cannot reach into another deployment's. */
function segment(text: string, what: string): string {
  if (SEGMENT.test(text)) return text;
  throw new HiveMindError('InvalidInput', `"${printable(text.slice(0, 60))}" is not ${what}`, {
    hint: 'use letters, digits, dots, hyphens and underscores, starting with a letter or a digit',
  });
}
