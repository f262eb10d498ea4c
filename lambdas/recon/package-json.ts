import * as z from 'zod';
import type { Evidence } from '../../src/domain/plan.ts';
import { maybeText, readHints, readManifest, textMap } from './documents.ts';
import { type Folder, lineAt } from './folder.ts';

const MAXIMUM_SCRIPT_LENGTH = 4000;
const CONTROL_CHARACTERS = /[\u0000-\u0008\u000b-\u001f\u007f]/;

const workspaceGlobs = z.array(z.string());

const shape = z.object({
  name: maybeText,
  main: maybeText,
  packageManager: maybeText,
  private: z.boolean().catch(false),
  files: z.array(z.unknown()).optional().catch(undefined),
  exports: z.unknown().optional(),
  scripts: textMap,
  dependencies: textMap,
  devDependencies: textMap,
  optionalDependencies: textMap,
  engines: textMap,
  volta: textMap,
  workspaces: z
    .union([
      workspaceGlobs,
      z.object({ packages: workspaceGlobs }).transform((workspaces) => workspaces.packages),
    ])
    .optional()
    .catch(undefined),
});
type Manifest = z.output<typeof shape>;
type Section = 'scripts' | 'dependencies' | 'devDependencies' | 'optionalDependencies' | 'engines' | 'volta';

/** The manifest of a Node package. Fields of a wrong type count as absent. */
export class PackageJson {
  readonly folder: Folder;
  readonly name: string | undefined;
  readonly main: string | undefined;
  readonly packageManager: string | undefined;
  readonly workspaces: readonly string[];
  readonly #manifest: Manifest;
  readonly #text: string;

  constructor(folder: Folder, manifest: Manifest, text: string) {
    this.folder = folder;
    this.name = manifest.name;
    this.main = manifest.main;
    this.packageManager = manifest.packageManager;
    this.workspaces = manifest.workspaces ?? [];
    this.#manifest = manifest;
    this.#text = text;
  }

  /** A script that can be run: not empty, of a sane length, without control characters. */
  script(name: string): string | undefined {
    const line = this.#manifest.scripts.get(name)?.trim();
    if (!line || line.length > MAXIMUM_SCRIPT_LENGTH || CONTROL_CHARACTERS.test(line)) return undefined;
    return line;
  }

  get scriptNames(): readonly string[] {
    return [...this.#manifest.scripts.keys()];
  }

  entry(section: 'engines' | 'volta', name: string): string | undefined {
    return this.#manifest[section].get(name);
  }

  /** Where a package is depended on; undefined when it is not. */
  dependency(name: string): Evidence | undefined {
    return this.runtimeDependency(name) ?? this.#inSection('devDependencies', name);
  }

  /** Like `dependency`, of what is there when the application runs. */
  runtimeDependency(name: string): Evidence | undefined {
    return this.#inSection('dependencies', name) ?? this.#inSection('optionalDependencies', name);
  }

  firstDependency(
    names: readonly string[],
  ): { readonly name: string; readonly evidence: Evidence } | undefined {
    for (const name of names) {
      const evidence = this.dependency(name);
      if (evidence) return { name, evidence };
    }
    return undefined;
  }

  versionOf(name: string): string | undefined {
    return this.#manifest.dependencies.get(name) ?? this.#manifest.devDependencies.get(name);
  }

  get dependencyNames(): readonly string[] {
    const { dependencies, devDependencies } = this.#manifest;
    return [...dependencies.keys(), ...devDependencies.keys()];
  }

  /** Made to be published and used by other packages. */
  get isLibrary(): boolean {
    const { private: kept, files, exports } = this.#manifest;
    return !kept && (files !== undefined || exports !== undefined);
  }

  get hasDependencies(): boolean {
    const { dependencies, devDependencies, optionalDependencies } = this.#manifest;
    return dependencies.size + devDependencies.size + optionalDependencies.size > 0;
  }

  evidenceOf(section: Section | null, key: string, note: string): Evidence {
    return this.folder.evidence('package.json', note, this.#lineOf(section, key));
  }

  scriptEvidence(name: string): Evidence {
    return this.evidenceOf('scripts', name, `scripts.${name}: ${excerpt(this.script(name) ?? '')}`);
  }

  #inSection(section: Section, name: string): Evidence | undefined {
    const version = this.#manifest[section].get(name);
    return version === undefined
      ? undefined
      : this.evidenceOf(section, name, `${section}.${name} ${excerpt(version)}`);
  }

  #lineOf(section: Section | null, key: string): number | undefined {
    const start = section === null ? 0 : this.#text.indexOf(`"${section}"`);
    const index = this.#text.indexOf(JSON.stringify(key), start + (section?.length ?? 0) + 1);
    return index === -1 ? undefined : lineAt(this.#text, index);
  }
}

/** @throws {HiveMindError} UnsupportedApplication: not JSON, or not an object */
export async function readPackageJson(folder: Folder): Promise<PackageJson | undefined> {
  const manifest = await readManifest(folder, 'package.json', shape);
  if (manifest === undefined) return undefined;
  return new PackageJson(folder, manifest, (await folder.read('package.json')) ?? '');
}

/** Like `readPackageJson`, for a folder that may not matter: one that cannot be read counts as absent. */
export async function readOtherPackageJson(folder: Folder): Promise<PackageJson | undefined> {
  const manifest = await readHints(folder, 'package.json', shape);
  return manifest && new PackageJson(folder, manifest, (await folder.read('package.json')) ?? '');
}

/** A line of the repository for a note: one line, not too long. */
export function excerpt(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > 120 ? `${line.slice(0, 117)}...` : line;
}
