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
    run: async () => {
      if (!command) return { finished: true, output: { ran: false }, summary: 'no migrations' };
      await runOnce(ports, compute.stack, command, call);
      return { finished: true, output: { ran: true }, summary: `ran ${commandText(command)}` };
    },
  });
  return { finished: result.finished };
}

async function runOnce(
  ports: DeployerPorts,
  stack: string,
  command: Command,
  call: AgentCall,
): Promise<void> {
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
  const { exitCode, signal, logTail } = await ports.instances.run(instance.id, command, {
    timeoutSeconds: MIGRATION_TIMEOUT_SECONDS,
    signal: call.signal,
  });
  if (exitCode === 0) return;
  const end = signal ? `was ended by ${signal}` : `exited with code ${exitCode}`;
  throw new HiveMindError('MigrationFailed', `the migration "${commandText(command)}" ${end}`, {
    hint: 'mend the migration and deploy again; the release was not started and the previous one still serves',
    logTail,
  });
}
