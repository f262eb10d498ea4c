import { asHiveMindError, type HiveMindError } from '../domain/errors.ts';
import type { Freeze } from '../domain/freeze.ts';
import { type DecidedPush, deployFrozenPush, type PushPorts } from './push.ts';
import { tellRunning } from './tell-running.ts';

export interface Resumed {
  /** The freeze that has ended; undefined when none stood. */
  readonly freeze: Freeze | undefined;
  /** How many executions go on. */
  readonly running: number;
  /** What became of the pushes that came meanwhile. */
  readonly pushes: readonly DecidedPush[];
  /** Why a push could not be seen to. */
  readonly failures: readonly HiveMindError[];
}

/** Ends the freeze: what waits goes on, and of the pushes that came meanwhile the newest of each deployment is seen to. */
export async function resume(ports: PushPorts, actor: string): Promise<Resumed> {
  const { store } = ports;
  const freeze = await store.findFreeze();
  await store.putFreeze(undefined);
  const message = `${actor} ended the freeze: this goes on`;
  const running = freeze
    ? await tellRunning(store, actor, message)
    : (await store.listExecutions({ status: 'RUNNING' })).length;
  const pushes: DecidedPush[] = [];
  const failures: HiveMindError[] = [];
  for (const deployment of await store.listDeployments({ limit: Number.MAX_SAFE_INTEGER })) {
    try {
      const decided = await deployFrozenPush(ports, deployment);
      if (decided) pushes.push(decided);
    } catch (error) {
      failures.push(asHiveMindError(error));
    }
  }
  return { freeze, running, pushes, failures };
}
