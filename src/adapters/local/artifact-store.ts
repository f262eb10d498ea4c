import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { asHiveMindError, HiveMindError, systemErrorCode } from '../../domain/errors.ts';
import type { ArtifactFacts, ArtifactManifest, ArtifactStore } from '../../ports/artifact-store.ts';
import { identified, isArtifactId, parseManifest } from '../anywhere/artifact/manifest.ts';
import { copyFolder } from './artifact/copy-folder.ts';
import { removeFolder } from './artifact/remove-folder.ts';
import { seal } from './artifact/seal.ts';
import type { Home } from './home.ts';

/** Artifacts as folders of the home: `artifacts/<id>/manifest.json` and `artifacts/<id>/files/`. */
export const localArtifactStore = (home: Home): ArtifactStore => new LocalArtifactStore(home);

/** Half-made and half-removed artifacts lie in `work` under this prefix, where nobody takes them for whole. */
export const UNFINISHED_ARTIFACT = 'artifact-';

class LocalArtifactStore implements ArtifactStore {
  readonly #home: Home;

  constructor(home: Home) {
    this.#home = home;
  }

  async put(directory: string, facts: ArtifactFacts): Promise<ArtifactManifest> {
    const unfinished = this.#unfinishedFolder();
    try {
      const manifest = identified({ version: 1, ...facts, ...(await seal(directory)) });
      if (await this.#isStored(manifest.id)) {
        await removeFolder(directory);
        return manifest;
      }
      await mkdir(unfinished, { mode: 0o700 });
      await writeFile(join(unfinished, 'manifest.json'), JSON.stringify(manifest));
      await rename(directory, join(unfinished, 'files'));
      // When somebody else stored the same contents meanwhile, theirs stays.
      if (!(await moved(unfinished, this.#folder(manifest.id)))) await removeFolder(unfinished);
      return manifest;
    } catch (error) {
      await removeFolder(unfinished);
      throw asHiveMindError(error);
    }
  }

  async find(id: string): Promise<ArtifactManifest | undefined> {
    if (!isArtifactId(id)) return undefined;
    try {
      return parseManifest(id, await readFile(join(this.#folder(id), 'manifest.json'), 'utf8'));
    } catch (error) {
      if (systemErrorCode(error) !== 'ENOENT') throw error;
      return undefined;
    }
  }

  async unpack(id: string, directory: string): Promise<void> {
    if ((await this.find(id)) === undefined) {
      throw new HiveMindError('ArtifactNotFound', `there is no artifact "${id.slice(0, 80)}"`, {
        hint: 'deploy again: the artifact is then built anew',
      });
    }
    await copyFolder(join(this.#folder(id), 'files'), directory);
  }

  async remove(id: string): Promise<void> {
    if (!isArtifactId(id)) return;
    const unfinished = this.#unfinishedFolder();
    try {
      await rename(this.#folder(id), unfinished);
    } catch (error) {
      if (systemErrorCode(error) !== 'ENOENT') throw error;
    }
    await removeFolder(unfinished);
  }

  async list(): Promise<readonly string[]> {
    return (await readdir(this.#home.folder('artifacts'))).filter(isArtifactId).sort();
  }

  /** A corrupt artifact makes room for its successor. */
  async #isStored(id: string): Promise<boolean> {
    try {
      return (await this.find(id)) !== undefined;
    } catch (error) {
      if (!(error instanceof HiveMindError && error.code === 'ArtifactCorrupt')) throw error;
      await this.remove(id);
      return false;
    }
  }

  #folder(id: string): string {
    return this.#home.folder('artifacts', id);
  }

  #unfinishedFolder(): string {
    return this.#home.folder('work', `${UNFINISHED_ARTIFACT}${randomUUID()}`);
  }
}

/** False when there is already something at the target. */
async function moved(source: string, target: string): Promise<boolean> {
  try {
    await rename(source, target);
    return true;
  } catch (error) {
    const code = systemErrorCode(error);
    if (code !== 'ENOTEMPTY' && code !== 'EEXIST') throw error;
    return false;
  }
}
