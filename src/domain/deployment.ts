import { createHash, randomInt } from 'node:crypto';
import { HiveMindError } from './errors.ts';
import type { Failure } from './failure.ts';

export const DEPLOYMENT_STATUSES = [
  'PENDING',
  'ANALYZING',
  'BUILDING',
  'PROVISIONING',
  'DEPLOYING',
  'SECURING',
  'VERIFYING',
  'MONITORING_SETUP',
  'ACTIVE',
  'UPDATING',
  'UPGRADING',
  'FAILED',
  'AWAITING_FIX',
  'FIXING',
  'ROLLING_BACK',
  'ROLLED_BACK',
  'ROLLBACK_FAILED',
  'DESTROYING',
  'DESTROYED',
] as const;
export type DeploymentStatus = (typeof DEPLOYMENT_STATUSES)[number];

/** How much is built: `stage-1` is the cheap single-instance form, `production` the redundant one. */
export const ENVIRONMENT_STAGES = ['production', 'stage-1'] as const;
export type EnvironmentStage = (typeof ENVIRONMENT_STAGES)[number];

export const TARGETS = ['local', 'aws'] as const;
export type Target = (typeof TARGETS)[number];

export const COLORS = ['blue', 'green'] as const;
export type Color = (typeof COLORS)[number];
export const otherColor = (color: Color): Color => (color === 'blue' ? 'green' : 'blue');

/** Where the application's code comes from, as the operator named it and HiveMind understood it. */
export type Source =
  | { readonly kind: 'folder'; readonly path: string; readonly workingTree: boolean }
  | { readonly kind: 'git'; readonly url: string; readonly ref?: string | undefined };

/** A source at one exact commit. `repository` is the platform's own key of the stored copy. */
export interface ResolvedSource {
  readonly repository: string;
  readonly commit: string;
  /** Id of the file tree: equal trees have equal ids, whatever the commit. */
  readonly tree: string;
  /** First line of the commit message, for people. */
  readonly subject: string;
  /** Things the operator should know, such as uncommitted changes that are left out. */
  readonly warnings: readonly string[];
}

/** Whether deployments of one stage share a network, or a deployment gets one of its own. */
export const NETWORK_SCOPES = ['shared', 'dedicated'] as const;
export type NetworkScope = (typeof NETWORK_SCOPES)[number];

/** One application in one environment. */
export interface Deployment {
  readonly id: string;
  readonly name: string;
  readonly target: Target;
  readonly stage: EnvironmentStage;
  readonly source: Source;
  readonly status: DeploymentStatus;
  readonly createdAt: string;
  readonly updatedAt: string;
  /** The colour that receives traffic; absent until a first release is live. */
  readonly liveColor?: Color | undefined;
  /** Number of the live release; absent until a first release is live. */
  readonly liveRelease?: number | undefined;
  /** The execution that made it live, however that ended; absent in records of earlier versions. */
  readonly liveExecution?: string | undefined;
  /** Number of the release that was live before it. */
  readonly previousRelease?: number | undefined;
  /** The release that was live before it while it is still ready to take the traffic back. */
  readonly warm?: WarmRelease | undefined;
  readonly url?: string | undefined;
  readonly failure?: Failure | undefined;
}

/** A colour that has no traffic and is kept ready for a while. */
export interface WarmRelease {
  readonly color: Color;
  readonly release: number;
  /** ISO time after which it is removed. */
  readonly until: string;
}

const NAME = /^[a-z][a-z0-9-]{0,38}[a-z0-9]$|^[a-z]$/;

/** @throws {HiveMindError} InvalidName */
export function parseDeploymentName(name: string): string {
  if (NAME.test(name) && !name.includes('--')) return name;
  const shown = name.length > 60 ? `${name.slice(0, 57)}...` : name;
  throw new HiveMindError('InvalidName', `"${printable(shown)}" is not a deployment name`, {
    hint: 'use 1 to 40 lower-case letters, digits and single hyphens, starting with a letter, for example --name shop-api',
  });
}

/** A legal deployment name made from free text such as a folder or repository name; undefined when nothing is left of it. */
export function deploymentNameFrom(text: string): string | undefined {
  const name = text
    .toLowerCase()
    .replace(/\.git$/, '')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+/, '')
    .slice(0, 40)
    .replace(/-+$/, '');
  return name === '' ? undefined : name;
}

const ID_ALPHABET = 'abcdefghijkmnpqrstuvwxyz23456789';

/**
 * `name` and six characters that come from the execution which makes the deployment: about a billion ids a name, and an execution
 * that begins twice makes one deployment.
 */
export function newDeploymentId(name: string, executionId: string): string {
  return `${name}-${derivedId(executionId).slice(0, 6)}`;
}

/** Six random characters without look-alikes. */
export const shortId = (): string =>
  Array.from({ length: 6 }, () => ID_ALPHABET[randomInt(ID_ALPHABET.length)]).join('');

/** Twelve characters without look-alikes, always the same for one seed. */
export const derivedId = (seed: string): string =>
  Array.from(
    createHash('sha256').update(seed).digest().subarray(0, 12),
    (byte) => ID_ALPHABET[byte % ID_ALPHABET.length],
  ).join('');

/** Text for a terminal or a log line: control characters become visible escapes. */
export const printable = (text: string): string =>
  text.replace(
    /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2066-\u2069]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

export const deploymentNotFound = (idOrName: string): HiveMindError =>
  new HiveMindError('DeploymentNotFound', `there is no deployment "${printable(idOrName.slice(0, 100))}"`, {
    hint: 'list the deployments with `hivemind list`',
  });
