import { HiveMindError } from '../../src/domain/errors.ts';
import type { ReleaseExecution } from '../../src/domain/execution.ts';
import type { Command } from '../../src/domain/plan.ts';
import { secondsBetween } from '../../src/domain/time.ts';
import { commandText } from '../../src/domain/wording.ts';
import { attemptToken } from '../../src/stages/attempt-token.ts';
import {
  analysedOutput,
  builtOutput,
  computeOutput,
  migratedOutput,
  stackOutput,
} from '../../src/stages/outputs.ts';
import { runStage } from '../../src/stages/run-stage.ts';
import {
  type AgentCall,
  findOutput,
  requireOutput,
  type TaskAnswer,
} from '../../src/stages/stage-context.ts';
import type { DeployerPorts } from './ports.ts';

const MIGRATION_TIMEOUT_SECONDS = 840;
/** How long an instance may stay silent after that. */
const SILENCE_SECONDS = 120;

/** Runs the migrations of an artifact against a database once, on one instance, before the release starts. */
export async function migrate(
  ports: DeployerPorts,
  execution: ReleaseExecution,
  call: AgentCall,
): Promise<TaskAnswer> {
  const { stack } = await requireOutput(ports.store, execution.id, 'compute', computeOutput);
  return migrateOn(ports, execution, call, () => firstInstance(ports, stack));
}

/** On an instance that has the files of the release. */
export async function migrateOn(
  ports: DeployerPorts,
  execution: ReleaseExecution,
  call: AgentCall,
  instance: () => Promise<string>,
): Promise<TaskAnswer> {
  const { plan } = await requireOutput(ports.store, execution.id, 'analyse', analysedOutput);
  const { artifact } = await requireOutput(ports.store, execution.id, 'build', builtOutput);
  const database = await findOutput(ports.store, execution.id, 'database', stackOutput);
  const command = plan.migrations.value;
  const result = await runStage(ports, execution, call, {
    stage: 'migrate',
    inputs: async () => ({
      command,
      ...(command && {
        artifact,
        database: database?.outputs['secret'],
        environment: execution.settings.environmentSecret,
        ...(execution.settings.variables && { variables: execution.settings.variables }),
      }),
    }),
    output: migratedOutput,
    stillTrue: async () => true,
    run: async (digest) => {
      if (!command) return { finished: true, output: { ran: false }, summary: 'no migrations' };
      const token = attemptToken(execution, digest);
      if (!(await runOnce(ports, await instance(), command, { ...call, token }))) {
        await requireTimeLeft(ports, execution);
        return { finished: false };
      }
      return { finished: true, output: { ran: true }, summary: `ran ${commandText(command)}` };
    },
  });
  return { finished: result.finished };
}

/** An instance that has fallen silent never says that its time is up. @throws {HiveMindError} StageTimedOut */
async function requireTimeLeft({ store, clock }: DeployerPorts, { id }: ReleaseExecution): Promise<void> {
  const run = (await store.listStageRuns(id)).find(({ stage }) => stage === 'migrate');
  const seconds = run ? secondsBetween(run.startedAt, clock.now()) : 0;
  if (seconds < MIGRATION_TIMEOUT_SECONDS + SILENCE_SECONDS) return;
  throw new HiveMindError('StageTimedOut', 'the migration has not said that it ended within its time', {
    hint: 'look at the database and at the log of the instance, then deploy again: the migration is run again',
  });
}

/** @throws {HiveMindError} InstanceNotFound */
async function firstInstance({ instances }: DeployerPorts, stack: string): Promise<string> {
  const [instance] = await instances.list(stack);
  if (instance) return instance.id;
  throw new HiveMindError('InstanceNotFound', `the compute stack "${stack}" has no instance to migrate on`, {
    hint: 'run the deploy again: it creates the missing instances',
  });
}

/** Returns whether it has ended, and well. @throws {HiveMindError} MigrationFailed */
async function runOnce(
  ports: DeployerPorts,
  instanceId: string,
  command: Command,
  call: AgentCall & { readonly token: string },
): Promise<boolean> {
  const ended = await ports.instances.run(instanceId, command, {
    ...call,
    timeoutSeconds: MIGRATION_TIMEOUT_SECONDS,
  });
  if (ended === undefined) return false;
  const { exitCode, signal, logTail } = ended;
  if (exitCode === 0) return true;
  const end = signal ? `was ended by ${signal}` : `exited with code ${exitCode}`;
  throw new HiveMindError('MigrationFailed', `the migration "${commandText(command)}" ${end}`, {
    hint: 'mend the migration and deploy again; the release was not started and the previous one still serves',
    logTail,
  });
}
