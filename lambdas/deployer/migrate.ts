import { HiveMindError } from '../../src/domain/errors.ts';
import type { DeployExecution } from '../../src/domain/execution.ts';
import type { Command } from '../../src/domain/plan.ts';
import { commandText } from '../../src/domain/wording.ts';
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

/** Runs the migrations of an artifact against a database once, on one instance, before the release starts. */
export async function migrate(
  ports: DeployerPorts,
  execution: DeployExecution,
  call: AgentCall,
): Promise<TaskAnswer> {
  const { plan } = await requireOutput(ports.store, execution.id, 'analyse', analysedOutput);
  const { artifact } = await requireOutput(ports.store, execution.id, 'build', builtOutput);
  const compute = await requireOutput(ports.store, execution.id, 'compute', computeOutput);
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
      }),
    }),
    output: migratedOutput,
    stillTrue: async () => true,
    run: async (digest) => {
      if (!command) return { finished: true, output: { ran: false }, summary: 'no migrations' };
      const token = `${execution.id}-${digest.slice(0, 12)}`;
      if (!(await runOnce(ports, compute.stack, command, { ...call, token }))) return { finished: false };
      return { finished: true, output: { ran: true }, summary: `ran ${commandText(command)}` };
    },
  });
  return { finished: result.finished };
}

/** Returns whether it has ended, and well. @throws {HiveMindError} InstanceNotFound, MigrationFailed */
async function runOnce(
  ports: DeployerPorts,
  stack: string,
  command: Command,
  call: AgentCall & { readonly token: string },
): Promise<boolean> {
  const [instance] = await ports.instances.list(stack);
  if (!instance) {
    throw new HiveMindError(
      'InstanceNotFound',
      `the compute stack "${stack}" has no instance to migrate on`,
      {
        hint: 'run the deploy again: it creates the missing instances',
      },
    );
  }
  const ended = await ports.instances.run(instance.id, command, {
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
