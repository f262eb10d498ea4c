import { describe, expect, test } from '@jest/globals';
import { deploymentDocument } from '../../src/contracts/deployment.ts';
import { freePort } from '../fixtures/free-port.ts';
import { httpServer } from '../fixtures/git-http-server.ts';
import { gitRepository } from '../fixtures/git-repository.ts';
import { homeOfSuite, runCli } from '../fixtures/hivemind-cli.ts';
import {
  type BrokenApplication,
  HOPELESS,
  hungryBuild,
  migrationsNotRun,
  missingBuildScript,
  missingDatabaseUrl,
  missingEntry,
  missingVariable,
  otherHealthPath,
  otherInterface,
  portInUse,
  slowStart,
  staleLock,
  wrongNode,
  wrongPort,
} from './broken-applications.ts';
import { flakyRegistry } from './flaky-registry.ts';

const home = homeOfSuite();
const hivemind = (...args: readonly string[]) => runCli(args, { home: home() });
const statusOf = async (name: string) =>
  deploymentDocument.parse((await hivemind('status', name, '--json')).json()).deployment;

/** Deployed without a hand, or with the one answer that only the operator can give. */
async function becomesWell(name: string, { files, options = [], fixes, approve }: BrokenApplication) {
  const { folder } = await gitRepository(files);
  const deployed = await hivemind('deploy', folder, '--name', name, ...options);
  expect(deployed).toMatchObject({ code: approve ? 1 : 0 });
  if (approve) {
    expect(await statusOf(name)).toMatchObject({ status: 'AWAITING_FIX' });
    const values = Object.entries(approve).flatMap(([key, value]) => ['--env', `${key}=${value}`]);
    expect(await hivemind('approve', name, '--yes', ...values)).toMatchObject({ code: 0 });
  }
  const deployment = await statusOf(name);
  expect(deployment.fixes.map(({ action, status }) => ({ action, status }))).toEqual(
    fixes.map((action) => ({ action, status: 'VALIDATED' })),
  );
  expect(deployment).toMatchObject({ status: 'ACTIVE' });
  expect(await (await fetch(deployment.url ?? '')).text()).toContain('well');
  expect((await hivemind('destroy', name, '--confirm', name)).code).toBe(0);
}

describe('a broken application is ACTIVE after the fix', () => {
  test('that listens on a port of its own', async () => {
    await becomesWell('port', wrongPort(await freePort()));
  });

  test('whose port somebody else has', async () => {
    const { port } = new URL(await httpServer((_, response) => response.end('somebody else')));
    await becomesWell('taken', portInUse(Number(port)));
  });

  test('whose dependencies come over a flaky network', async () => {
    await becomesWell('flaky', await flakyRegistry(1));
  });

  test.each<[string, string, BrokenApplication]>([
    ['that listens on another interface only', 'interface', otherInterface],
    ['whose build names a script that is not there', 'script', missingBuildScript],
    ['that is well at another path', 'path', otherHealthPath],
    ['whose lock file is out of step', 'lock', staleLock],
    ['that wants another Node', 'node', wrongNode],
    ['that wants a database which nothing names', 'database', missingDatabaseUrl],
    ['whose migrations nobody runs', 'migrations', migrationsNotRun],
    ['that starts slowly', 'slow', slowStart],
    ['whose build runs out of memory', 'memory', hungryBuild],
    ['whose entry is another file after the build', 'entry', missingEntry],
    ['that lacks a value only the operator knows', 'variable', missingVariable],
  ])('%s', async (_, name, application) => becomesWell(name, application));
});

describe('what only a person can mend is said to be that', () => {
  test.each(Object.entries(HOPELESS))('%s', async (what, { files, cause, action }) => {
    const { folder } = await gitRepository(files);
    const name = `hopeless-${what.split(' ').at(-1)}`;
    expect(await hivemind('deploy', folder, '--name', name)).toMatchObject({ code: 1 });
    const { status, failure, fixes } = await statusOf(name);
    expect(status).toBe('FAILED');
    expect(failure?.diagnosis).toMatchObject({ cause, action, risk: 'human-only' });
    expect(fixes).toEqual([]);
  });
});
