import type { DatabaseSync } from 'node:sqlite';
import { compiler } from '../../lambdas/compiler/agent.ts';
import { deployer } from '../../lambdas/deployer/agent.ts';
import { janitor } from '../../lambdas/janitor/agent.ts';
import { medic } from '../../lambdas/medic/agent.ts';
import { ops } from '../../lambdas/ops/agent.ts';
import { provisioner } from '../../lambdas/provisioner/agent.ts';
import { qa } from '../../lambdas/qa/agent.ts';
import { recon } from '../../lambdas/recon/agent.ts';
import { sheriff } from '../../lambdas/sheriff/agent.ts';
import { systemClock } from '../../src/adapters/anywhere/clock.ts';
import { localArtifactStore } from '../../src/adapters/local/artifact-store.ts';
import { localBuilder, removeStaleWorkspaces } from '../../src/adapters/local/builder.ts';
import { localCosts } from '../../src/adapters/local/costs.ts';
import { PostgresClusters } from '../../src/adapters/local/database/clusters.ts';
import { localDatabaseSnapshots } from '../../src/adapters/local/database-snapshots.ts';
import { localDeploymentStore } from '../../src/adapters/local/deployment-store.ts';
import type { Home } from '../../src/adapters/local/home.ts';
import { localInfrastructureInspection } from '../../src/adapters/local/infrastructure-inspection.ts';
import { localInstanceCommands } from '../../src/adapters/local/instance-commands.ts';
import { LoadBalancers } from '../../src/adapters/local/load-balancer/load-balancers.ts';
import { localNotifications } from '../../src/adapters/local/notifications.ts';
import { endOrphanProcesses } from '../../src/adapters/local/orphan-processes.ts';
import { localProbe } from '../../src/adapters/local/probe.ts';
import { localResourceInventory } from '../../src/adapters/local/resource-inventory.ts';
import { localRuntimeInspection } from '../../src/adapters/local/runtime-inspection.ts';
import { localSecrets } from '../../src/adapters/local/secrets.ts';
import { localSecurityScanner } from '../../src/adapters/local/security-scanner.ts';
import { localSourceRepository } from '../../src/adapters/local/source-repository.ts';
import { LocalStackEngine } from '../../src/adapters/local/stack-engine.ts';
import { localCompute } from '../../src/adapters/local/stacks/compute.ts';
import { localDatabase } from '../../src/adapters/local/stacks/database.ts';
import { localLoadBalancer } from '../../src/adapters/local/stacks/load-balancer.ts';
import { localMonitoring } from '../../src/adapters/local/stacks/monitoring.ts';
import { localNetwork } from '../../src/adapters/local/stacks/network.ts';
import { openStateDatabase } from '../../src/adapters/local/state-database.ts';
import { Supervisor } from '../../src/adapters/local/supervisor/supervisor.ts';
import { localTelemetry } from '../../src/adapters/local/telemetry.ts';
import { LogFiles } from '../../src/adapters/local/telemetry-logs/log-files.ts';
import { localTrafficObservation } from '../../src/adapters/local/traffic-observation.ts';
import { localTrafficRouter } from '../../src/adapters/local/traffic-router.ts';
import { LocalWorkflowRunner } from '../../src/adapters/local/workflow-runner.ts';
import type { HiveMindError } from '../../src/domain/errors.ts';
import type { HistoryEvent } from '../../src/domain/events.ts';
import { modelSettings } from '../../src/domain/models/settings-from-variables.ts';
import type { AgentName } from '../../src/domain/stage.ts';
import { tend } from '../../src/operations/tend.ts';
import type { Agent } from '../../src/stages/stage-context.ts';
import { EventFeed } from './event-feed.ts';
import { createLocalModels } from './local-models.ts';

export interface LocalPlatformOptions {
  readonly home: Home;
  /** Variables of the process: which language models are asked, and the keys to them. */
  readonly environment: NodeJS.ProcessEnv;
  /** Sees every event right after it is stored. */
  readonly onEvent?: (event: HistoryEvent) => void;
  /** Hears of failures that no caller gets. */
  readonly logError: (error: HiveMindError) => void;
}

export type LocalPlatform = ReturnType<typeof createLocalPlatform>;

/**
 * Puts ports, adapters and agents together for one machine.
 * @throws {HiveMindError} InvalidInput: the variables that name language models cannot be understood
 */
export function createLocalPlatform({ home, environment, onEvent, logError }: LocalPlatformOptions) {
  const settings = modelSettings(environment);
  const database = openStateDatabase(home);
  const feed = new EventFeed();
  const publish = (event: HistoryEvent) => {
    feed.publish(event);
    onEvent?.(event);
  };
  const store = localDeploymentStore({ database, clock: systemClock, onEvent: publish });
  const adapters = createAdapters(home, database);
  const notifications = localNotifications;
  const { model, ...models } = createLocalModels({
    ...{ settings, database, clock: systemClock, store, notifications, environment, logError },
    telemetry: adapters.telemetry,
  });
  const ports = { store, clock: systemClock, costs: localCosts, model, models, ...adapters };
  const agents = agentsOn({
    ...ports,
    answers: { answer: (...given) => runner.answer(...given) },
    notifications,
  });
  const runner = new LocalWorkflowRunner({ store, clock: systemClock, agents });
  return {
    ...ports,
    target: 'local' as const,
    hands: { stacks: ports.stacks, router: ports.router, instances: ports.instances },
    events: {
      of: (executionId: string, after: number, signal: AbortSignal) =>
        feed.of(store, executionId, after, signal),
    },
    runner,
    restore: () => restore(home, adapters),
    tend: () => tend({ ...ports, runner, isRun: (executionId) => runner.isRunning(executionId) }),
    close: async () => {
      await runner.close();
      await model.close();
      await adapters.balancers.close();
      await adapters.supervisor.close();
      await adapters.clusters.close();
      await adapters.logs.close();
      database.close();
    },
    healthProbes: {
      readState: () => void database.prepare('SELECT 1 FROM deployments LIMIT 1').get(),
      brokenDatabases: async () =>
        (await adapters.clusters.list()).filter(({ state }) => state !== 'running').map(({ stack }) => stack),
    },
  };
}

type AgentPorts = Parameters<typeof recon>[0] &
  Parameters<typeof compiler>[0] &
  Parameters<typeof provisioner>[0] &
  Parameters<typeof deployer>[0] &
  Parameters<typeof sheriff>[0] &
  Parameters<typeof qa>[0] &
  Parameters<typeof ops>[0] &
  Parameters<typeof medic>[0] &
  Parameters<typeof janitor>[0];

/** Every agent, on ports that have what each of them needs. */
export const agentsOn = (ports: AgentPorts): Record<AgentName, Agent> => ({
  recon: recon(ports),
  compiler: compiler(ports),
  provisioner: provisioner(ports),
  deployer: deployer(ports),
  sheriff: sheriff(ports),
  qa: qa(ports),
  ops: ops(ports),
  medic: medic(ports),
  janitor: janitor(ports),
});

type Adapters = ReturnType<typeof createAdapters>;

function createAdapters(home: Home, database: DatabaseSync) {
  const logs = new LogFiles(home);
  const secrets = localSecrets(home);
  const artifacts = localArtifactStore(home);
  const sources = localSourceRepository({ home });
  const balancers = new LoadBalancers({ database });
  const supervisor = new Supervisor({
    home,
    database,
    secrets,
    artifacts,
    telemetry: logs,
    onExit: ({ id }) => balancers.targetExited(id),
  });
  const clusters = new PostgresClusters({ home, secrets, telemetry: logs });
  const stacks = new LocalStackEngine({
    database,
    clock: systemClock,
    blueprints: {
      network: localNetwork,
      'load-balancer': localLoadBalancer(balancers),
      database: localDatabase(clusters),
      monitoring: localMonitoring,
      compute: localCompute({ home, supervisor, artifacts }),
    },
  });
  return {
    logs,
    secrets,
    artifacts,
    sources,
    balancers,
    supervisor,
    clusters,
    stacks,
    telemetry: localTelemetry({ logs, balancers, supervisor, stacks }),
    builder: localBuilder({ home, sources, artifacts, telemetry: logs, clock: systemClock }),
    router: localTrafficRouter(balancers),
    observation: localTrafficObservation(balancers),
    instances: localInstanceCommands(supervisor, { home, artifacts }),
    snapshots: localDatabaseSnapshots({ home, clusters, database }),
    probe: localProbe(secrets),
    scanner: localSecurityScanner({ home }),
    infrastructure: localInfrastructureInspection,
    runtime: localRuntimeInspection({ home, secrets, supervisor }),
    inventory: localResourceInventory({
      home,
      stacks,
      balancers,
      clusters,
      supervisor,
      secrets,
      artifacts,
      telemetry: logs,
    }),
  };
}

/**
 * Ends what a killed server left, then starts what should run: databases before the applications that need them. Databases come
 * first of all, because an orphaned one wants an orderly shutdown.
 * @returns what could not be brought back
 */
async function restore(
  home: Home,
  { clusters, supervisor, balancers }: Adapters,
): Promise<readonly HiveMindError[]> {
  const databases = await clusters.restore();
  await endOrphanProcesses(home);
  await removeStaleWorkspaces(home);
  await supervisor.restore();
  return [...databases.map(({ error }) => error), ...(await balancers.restore())];
}
