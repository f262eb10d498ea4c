import { randomInt } from 'node:crypto';
import { HiveMindError } from '../../../domain/errors.ts';
import { isPortFree } from '../database/database-port.ts';

export interface PortRange {
  readonly first: number;
  readonly last: number;
}

/**
 * Below 32768, where Linux begins to number outgoing connections (ip_local_port_range): the load balancer's own connections
 * must not take the port of an instance that is restarting.
 */
export const INSTANCE_PORTS: PortRange = { first: 20_000, last: 29_999 };

/** Ports of exposed instances: one that is in use, or remembered for an instance that is stopped, is not given to another. */
export class InstancePorts {
  readonly #range: PortRange;
  readonly #taken: Set<number>;

  constructor(range: PortRange, taken: Iterable<number>) {
    this.#range = range;
    this.#taken = new Set(taken);
  }

  /** Begins anywhere in the range, so that two homes on one machine rarely meet. @throws {HiveMindError} NoFreePort */
  async take(): Promise<number> {
    const { first, last } = this.#range;
    const size = last - first + 1;
    const start = randomInt(size);
    for (let step = 0; step < size; step++) {
      const port = first + ((start + step) % size);
      if (this.#taken.has(port)) continue;
      this.#taken.add(port);
      if (await isPortFree(port)) return port;
      this.#taken.delete(port);
    }
    throw new HiveMindError('NoFreePort', `all ports from ${first} to ${last} are in use`, {
      hint: 'destroy deployments that are no longer needed, or end other programs that use these ports',
    });
  }

  /** A port that the application insists on. @throws {HiveMindError} PortInUse */
  async takeThis(port: number): Promise<number> {
    if (this.#taken.has(port)) throw inUse(port, 'another instance');
    this.#taken.add(port);
    if (await isPortFree(port)) return port;
    this.#taken.delete(port);
    throw inUse(port, 'another program');
  }

  release(port: number): void {
    this.#taken.delete(port);
  }
}

const inUse = (port: number, whom: string): HiveMindError =>
  new HiveMindError(
    'PortInUse',
    `port ${port} is already taken: the application insists on it, and ${whom} has it`,
    {
      hint: 'let the application listen on $PORT and take the setting back with --set port=none; else end what has the port: a live release keeps it until it is destroyed',
    },
  );
