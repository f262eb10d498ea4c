import * as z from 'zod';
import type { FAILURE_KINDS } from '../domain/errors.ts';
import { PACKAGE_MANAGERS, RUNTIMES } from '../domain/plan.ts';
import { commandShape } from './plan.ts';
import { resolvedSourceRecord } from './records.ts';

/**
 * What the Compiler and the build program tell each other. The program runs beside code that nobody has looked at: whatever
 * comes from it is parsed and bounded, and says nothing about which artifact the result is.
 */

/** Variables of a build's environment: everything else is in the job, because one may have 4096 characters only. */
export const BUILD_VARIABLES = {
  programUrl: 'HIVEMIND_PROGRAM_URL',
  programSha256: 'HIVEMIND_PROGRAM_SHA256',
  jobUrl: 'HIVEMIND_JOB_URL',
} as const;

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const address = z.url({ protocol: /^https?$/ });

export const buildJobShape = z.strictObject({
  version: z.literal(1),
  request: z.strictObject({
    token: z.string(),
    deploymentId: z.string(),
    source: resolvedSourceRecord,
    root: z.string(),
    runtime: z.enum(RUNTIMES),
    runtimeVersion: z.string().nullable(),
    packageManager: z.enum(PACKAGE_MANAGERS).nullable(),
    packageManagerVersion: z.string().nullable(),
    install: commandShape.nullable(),
    build: commandShape.nullable(),
    variables: z.record(z.string(), z.string()).optional(),
    memoryMegabytes: z.number().int().positive().optional(),
    environmentNames: z.array(z.string()),
    needsNpm: z.boolean(),
    outputDirectory: z.string().nullable(),
  }),
  /** Of the build's own commands and what surrounds them. */
  timeoutSeconds: z.number().positive(),
  /** Whether the artifact carries the Node that it was built with, for the instances that will run it. */
  carriesRuntime: z.boolean(),
  /** Presigned, for an hour: GET of the source's archive, PUT of the artifact's, PUT of the facts. */
  sourceUrl: address,
  artifactUrl: address,
  factsUrl: address,
  /** The program that starts and stops the application on an instance; it travels with the artifact. */
  instanceProgram: z.strictObject({ url: address, sha256 }).nullable(),
});
export type BuildJob = z.infer<typeof buildJobShape>;

/** The failures that a build can have; another code in the facts is not believed. */
export const BUILD_FAILURES = [
  'InstallFailed',
  'BuildFailed',
  'BuildTimedOut',
  'BuildOutputMissing',
  'RuntimeNotAvailable',
  'ToolMissing',
  'DiskFull',
  'UnsafeRepository',
  'RepositoryTooLarge',
  'SourceNotFound',
  'AwsUnavailable',
  'InternalError',
] as const satisfies readonly (keyof typeof FAILURE_KINDS)[];
export type BuildFailure = (typeof BUILD_FAILURES)[number];

/** Longest texts of a failure, in characters; the program cuts what it says to them. */
export const FAILURE_LIMITS = { message: 2_000, hint: 1_000, logLine: 2_000, logLines: 20 } as const;

export const buildFactsShape = z.discriminatedUnion('ok', [
  z.object({
    ok: z.literal(true),
    runtimeVersion: z.string().max(50),
    /** Digest of the file tree. */
    checksum: sha256,
    files: z.number().int().nonnegative(),
    bytes: z.number().int().nonnegative(),
    sbom: z.array(z.strictObject({ name: z.string(), version: z.string(), purl: z.string() })).max(50_000),
    warnings: z.array(z.string().max(1_000)).max(20),
    /** Of the archive that was uploaded: for people who compare; the Compiler computes its own. */
    archiveSha256: sha256,
  }),
  z.object({
    ok: z.literal(false),
    code: z.enum(BUILD_FAILURES),
    message: z.string().max(FAILURE_LIMITS.message),
    hint: z.string().max(FAILURE_LIMITS.hint),
    logTail: z.array(z.string().max(FAILURE_LIMITS.logLine)).max(FAILURE_LIMITS.logLines),
  }),
]);
export type BuildProgramFacts = z.infer<typeof buildFactsShape>;
