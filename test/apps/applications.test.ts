import { spawnSync } from 'node:child_process';
import { afterAll, describe, expect, test } from '@jest/globals';
import { deploymentDocument } from '../../src/contracts/deployment.ts';
import { type ApplicationRepository, applicationRepository } from '../fixtures/application-repository.ts';
import type { Application } from '../fixtures/applications/application.ts';
import { APPLICATIONS } from '../fixtures/applications.ts';
import { type CliResult, homeOfSuite, ownedProcesses, runCli, stopServer } from '../fixtures/hivemind-cli.ts';
import { waitFor } from '../fixtures/wait-for.ts';

const DEPLOY_MILLISECONDS = 150_000;
const TEST_MILLISECONDS = 200_000;

const home = homeOfSuite();
const hivemind = (...args: readonly string[]): Promise<CliResult> =>
  runCli(args, { home: home(), timeoutMilliseconds: DEPLOY_MILLISECONDS });

/** Runs a command that must succeed; its own words are the message when it does not. */
async function succeed(...args: readonly string[]): Promise<CliResult> {
  const result = await hivemind(...args);
  if (result.code !== 0) throw new Error(`hivemind ${args.join(' ')}: ${result.stderr}\n${result.stdout}`);
  return result;
}

const isInstalled = (program: string): boolean => spawnSync(program, ['--version']).status === 0;
const runnable = APPLICATIONS.filter(({ needs }) => needs === undefined || isInstalled(needs));

describe('applications deployed without configuration', () => {
  afterAll(async () => {
    await stopServer(home());
    // A process that was just ended may still be seen for a moment.
    await waitFor(async () => (await ownedProcesses(home())).length === 0, {
      what: 'the last process to end',
    });
  }, 90_000);

  test.each(runnable)(
    '$name answers and is destroyed',
    async (application) => {
      const repository = await applicationRepository(application);

      const { url } = await deployed(application, repository);
      await application.checks({ name: application.name, url: url ?? '', hivemind });
      await succeed('destroy', application.name, '--confirm', application.name, '--json');
    },
    TEST_MILLISECONDS,
  );
});

async function deployed({ name, options = [] }: Application, { folder, commit }: ApplicationRepository) {
  const result = await succeed('deploy', folder, '--name', name, ...options, '--json');
  const { deployment } = deploymentDocument.parse(result.json());
  expect(deployment).toMatchObject({
    name,
    status: 'ACTIVE',
    target: 'local',
    release: { number: 1, commit },
  });
  expect(deployment.verification.filter((check) => check.result === 'fail')).toEqual([]);
  expect(deployment.stages.filter((stage) => stage.status === 'FAILED')).toEqual([]);
  return deployment;
}
