import * as z from 'zod';
import { digestOf } from '../../../domain/digest.ts';
import { HiveMindError } from '../../../domain/errors.ts';
import { RUNTIMES } from '../../../domain/plan.ts';
import type { ArtifactManifest } from '../../../ports/artifact-store.ts';

const ARTIFACT_ID = /^sha256-[0-9a-f]{64}$/;

export const manifestShape = z.strictObject({
  version: z.literal(1),
  id: z.string(),
  commit: z.string(),
  tree: z.string(),
  root: z.string(),
  runtime: z.enum(RUNTIMES),
  runtimeVersion: z.string(),
  environmentNames: z.array(z.string()),
  checksum: z.string(),
  files: z.number().int().nonnegative(),
  bytes: z.number().int().nonnegative(),
  sbom: z.array(z.strictObject({ name: z.string(), version: z.string(), purl: z.string() })),
}) satisfies z.ZodType<ArtifactManifest>;

export const isArtifactId = (text: string): boolean => ARTIFACT_ID.test(text);

/** The manifest with the id that its other fields give. */
export function identified(manifest: Omit<ArtifactManifest, 'id'>): ArtifactManifest {
  const sbom = manifest.sbom.map((component) => ({ ...component }));
  return { ...manifest, id: `sha256-${digestOf({ ...manifest, sbom })}` };
}

/** @throws {HiveMindError} ArtifactCorrupt: not a manifest, or not the one of this id */
export function parseManifest(id: string, text: string): ArtifactManifest {
  try {
    const { id: written, ...fields } = manifestShape.parse(JSON.parse(text));
    const manifest = identified(fields);
    if (written === id && manifest.id === id) return manifest;
  } catch (cause) {
    if (!(cause instanceof SyntaxError || cause instanceof z.ZodError)) throw cause;
    throw corruptManifest(id, 'cannot be read', cause);
  }
  throw corruptManifest(id, 'does not belong to its id');
}

export const corruptManifest = (id: string, what: string, cause?: unknown): HiveMindError =>
  new HiveMindError('ArtifactCorrupt', `the manifest of artifact ${id.slice(0, 19)} ${what}`, {
    hint: 'deploy again: the artifact is then built anew',
    cause,
  });
