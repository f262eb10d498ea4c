import type { DatabaseSync } from 'node:sqlite';
import type { ArtifactStore } from '../../../ports/artifact-store.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { Instance } from '../../../ports/instance-commands.ts';
import type { Secrets } from '../../../ports/secrets.ts';
import type { Telemetry } from '../../../ports/telemetry.ts';
import type { Home } from '../home.ts';
import type { PortRange } from './instance-ports.ts';
import { RESTART_TIMING } from './restart-policy.ts';
import type { InstanceContext } from './supervised-instance.ts';

export interface SupervisorOptions {
  readonly home: Home;
  readonly database: DatabaseSync;
  readonly secrets: Secrets;
  readonly artifacts: Pick<ArtifactStore, 'unpack'>;
  readonly telemetry: Pick<Telemetry, 'log'>;
  readonly clock?: Clock;
  /** Called at once whenever the process of an instance exits, asked for or not. */
  readonly onExit?: (instance: Instance) => void;
  /** @default RESTART_TIMING, with 10 s of grace */
  readonly timing?: Partial<InstanceContext['timing']>;
  /** Ports of exposed instances. @default 20000 to 29999 */
  readonly ports?: PortRange;
}

/** Time to finish requests after SIGTERM; the load balancer has drained the instance before. */
const GRACE_MILLISECONDS = 10_000;

export interface InstanceHooks {
  readonly onChange: InstanceContext['onChange'];
  readonly onUnaskedExit: (instance: Instance) => void;
}

export function contextOf(options: SupervisorOptions, clock: Clock, hooks: InstanceHooks): InstanceContext {
  const { home, secrets, telemetry, onExit, timing } = options;
  return {
    home,
    secrets,
    clock,
    timing: { ...RESTART_TIMING, graceMilliseconds: GRACE_MILLISECONDS, ...timing },
    log: ({ definition: { id, deploymentId } }, text) =>
      telemetry.log(deploymentId, { time: clock.now(), source: 'instance', name: id, text }),
    onChange: hooks.onChange,
    onExit: (instance) => {
      onExit?.(instance);
      if (instance.state !== 'stopped') hooks.onUnaskedExit(instance);
    },
  };
}
