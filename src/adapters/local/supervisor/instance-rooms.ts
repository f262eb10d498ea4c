import type { ArtifactStore } from '../../../ports/artifact-store.ts';
import { removeFolder } from '../artifact/remove-folder.ts';
import type { Home } from '../home.ts';
import { cancelled } from './cancellation.ts';
import { instanceFolders, makeInstanceFolders, replaceApplication } from './instance-folders.ts';
import type { InstancePorts } from './instance-ports.ts';
import type { InstanceDefinition } from './instance-record.ts';

/** What an instance occupies on the machine. */
export interface InstanceRoom {
  readonly definition: InstanceDefinition;
  /** Null for an instance that is not exposed. */
  readonly port: number | null;
}

/** Gives instances their folders, the files of the application and a port, and takes them back. */
export class InstanceRooms {
  readonly #home: Home;
  readonly #artifacts: Pick<ArtifactStore, 'unpack'>;
  readonly #ports: InstancePorts;

  constructor(home: Home, artifacts: Pick<ArtifactStore, 'unpack'>, ports: InstancePorts) {
    this.#home = home;
    this.#artifacts = artifacts;
    this.#ports = ports;
  }

  /** All at the same time; takes all back when one fails. @throws {HiveMindError} ArtifactNotFound, DiskFull, NoFreePort, PortInUse, Cancelled */
  async furnishAll(
    definitions: readonly InstanceDefinition[],
    signal: AbortSignal | undefined,
  ): Promise<readonly InstanceRoom[]> {
    const outcomes = await Promise.allSettled(definitions.map((definition) => this.#furnish(definition)));
    const rooms = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? outcome.value : []));
    const failure = outcomes.find((outcome) => outcome.status === 'rejected');
    if (!failure && !signal?.aborted) return rooms;
    await Promise.all(rooms.map(({ definition, port }) => this.clear(definition, port)));
    throw signal?.aborted ? cancelled(signal, 'the creation of the instances') : failure?.reason;
  }

  /** Puts the files of another release in the room. @throws {HiveMindError} ArtifactNotFound, DiskFull */
  async refurnish(definition: InstanceDefinition, beforeSwitch: () => void): Promise<void> {
    const folders = instanceFolders(this.#home, definition);
    await replaceApplication(
      folders,
      (folder) => this.#artifacts.unpack(definition.artifact, folder),
      beforeSwitch,
    );
  }

  async clear(definition: InstanceDefinition, port: number | null): Promise<void> {
    await removeFolder(instanceFolders(this.#home, definition).all);
    if (port !== null) this.#ports.release(port);
  }

  async #furnish(definition: InstanceDefinition): Promise<InstanceRoom> {
    const folders = instanceFolders(this.#home, definition);
    const port = await this.#portFor(definition);
    try {
      await makeInstanceFolders(folders);
      await this.#artifacts.unpack(definition.artifact, folders.app);
    } catch (error) {
      await this.clear(definition, port);
      throw error;
    }
    return { definition, port };
  }

  async #portFor({ exposed, port }: InstanceDefinition): Promise<number | null> {
    if (!exposed) return null;
    return port === undefined ? await this.#ports.take() : await this.#ports.takeThis(port);
  }
}
