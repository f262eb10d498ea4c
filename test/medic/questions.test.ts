import { readFile } from 'node:fs/promises';
import { describe, expect, test } from '@jest/globals';
import { historyDocument } from '../../src/contracts/api.ts';
import { deploymentDocument, errorDocument } from '../../src/contracts/deployment.ts';
import { gitRepository } from '../fixtures/git-repository.ts';
import { homeOfSuite, readServerFile, runCli, startServer } from '../fixtures/hivemind-cli.ts';
import { nothingRemains } from '../fixtures/remains.ts';
import { waitFor } from '../fixtures/wait-for.ts';
import { type BrokenApplication, missingVariable, worseWithOtherNode } from './broken-applications.ts';
import { flakyRegistry } from './flaky-registry.ts';

const home = homeOfSuite();
const hivemind = (...args: readonly string[]) => runCli(args, { home: home() });
const VALUE = ['--env', 'STRIPE_KEY=sk-test'];

const deploymentOf = async (name: string) =>
  deploymentDocument.parse((await hivemind('status', name, '--json')).json()).deployment;
const codeOf = ({ stderr }: { stderr: string }) => errorDocument.parse(JSON.parse(stderr)).error.code;
const eventsOf = async (name: string) =>
  historyDocument.parse((await hivemind('history', name, '--json')).json()).events;

async function deployed(name: string, application: BrokenApplication, ...options: readonly string[]) {
  const { folder } = await gitRepository(application.files);
  const result = await hivemind('deploy', folder, '--name', name, '--stage-1', ...options);
  const deployment = await deploymentOf(name);
  return { result, deployment, fix: deployment.fixes.at(-1), folder };
}

async function questionOf(name: string) {
  const { deployment, fix } = await deployed(name, missingVariable);
  expect(deployment.status).toBe('AWAITING_FIX');
  if (!fix) throw new Error('nothing was asked');
  return fix;
}

const remove = (name: string) => hivemind('destroy', name, '--confirm', name);

describe('a question', () => {
  test('that is declined leaves everything in place, and all of it in the history', async () => {
    const fix = await questionOf('declined');
    expect((await hivemind('reject', fix.id)).code).toBe(0);
    const { status, failure, fixes } = await deploymentOf('declined');
    expect({ status, fixes: fixes.map((each) => each.status) }).toEqual({
      status: 'FAILED',
      fixes: ['REJECTED'],
    });
    expect(failure?.hint).toContain('you declined it');
    const types = (await eventsOf('declined')).map(({ type }) => type);
    expect(types).toEqual(expect.arrayContaining(['fix.proposed', 'fix.answered']));
    expect(types).not.toContain('resource.removed');
    expect((await hivemind('retry', 'declined', ...VALUE)).code).toBe(0);
    expect((await deploymentOf('declined')).status).toBe('ACTIVE');
    expect((await remove('declined')).code).toBe(0);
  });

  test('that nobody answers in time ends, and says how to clean up', async () => {
    const { folder } = await gitRepository(missingVariable.files);
    await hivemind('deploy', folder, '--name', 'late', '--stage-1', '--answer-within', '2s');
    const { status, fixes } = await waitFor(
      async () => {
        const deployment = await deploymentOf('late');
        return deployment.status === 'FAILED' ? deployment : undefined;
      },
      { timeoutMilliseconds: 20_000, what: 'the end of the question' },
    );
    expect({ status, fixes: fixes.map((each) => each.status) }).toEqual({
      status: 'FAILED',
      fixes: ['UNANSWERED'],
    });
    expect((await eventsOf('late')).map(({ message }) => message).join()).toContain('hivemind destroy late');
    expect((await remove('late')).code).toBe(0);
  });

  test('is answered once', async () => {
    const fix = await questionOf('once');
    const answers = await Promise.all([
      hivemind('approve', fix.id, ...VALUE, '--json'),
      hivemind('approve', fix.id, ...VALUE, '--json'),
      hivemind('reject', fix.id, '--json'),
    ]);
    expect(answers.filter(({ code }) => code === 5).map(codeOf)).toEqual(['FixClosed', 'FixClosed']);
    expect(codeOf(await hivemind('approve', fix.id, ...VALUE, '--json'))).toBe('FixClosed');
    await remove('once');
  });

  test('is not answered by a forged id or another digest', async () => {
    const { id } = await questionOf('forged');
    const forged = await hivemind('approve', `${id.slice(0, -8)}00000000`, ...VALUE, '--json');
    expect({ code: forged.code, error: codeOf(forged) }).toEqual({ code: 4, error: 'FixNotFound' });
    const server = await readServerFile(home());
    const token = await readFile(home().tokenFile, 'utf8');
    const response = await fetch(`${server?.url}/v1/fixes/${id}/answer`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token.trim()}`, 'content-type': 'application/json' },
      body: JSON.stringify({ approve: true, digest: '0'.repeat(64), environment: { STRIPE_KEY: 'x' } }),
    });
    expect(await response.json()).toMatchObject({ error: { code: 'FixChanged' } });
    expect((await deploymentOf('forged')).status).toBe('AWAITING_FIX');
    expect((await hivemind('reject', id)).code).toBe(0);
    expect((await remove('forged')).code).toBe(0);
    expect(codeOf(await hivemind('approve', id, ...VALUE, '--json'))).toBe('FixClosed');
  });

  test('goes with the deployment when that is destroyed', async () => {
    const { id } = await questionOf('gone');
    expect((await remove('gone')).code).toBe(0);
    expect((await deploymentOf('gone')).status).toBe('DESTROYED');
    expect(codeOf(await hivemind('approve', id, ...VALUE, '--json'))).toBe('FixClosed');
  });

  test('never has a value in what is stored or shown', async () => {
    const { id } = await questionOf('secret');
    const approved = await hivemind('approve', id, '--env', 'STRIPE_KEY=sk-very-secret', '--json');
    const shown = await Promise.all([
      hivemind('status', 'secret', '--json'),
      hivemind('history', 'secret', '--json'),
      hivemind('report', 'secret'),
    ]);
    expect([approved, ...shown].map(({ stdout, stderr }) => stdout + stderr).join()).not.toContain(
      'sk-very-secret',
    );
    await remove('secret');
  });

  test('is still there after the server was killed, and its answer counts', async () => {
    await hivemind('serve', '--stop');
    const first = await startServer({ home: home() });
    const { id } = await questionOf('killed');
    await first.kill();
    const second = await startServer({ home: home() });
    const { status, fixes } = await deploymentOf('killed');
    expect({ status, open: fixes.map((fix) => fix.id) }).toEqual({ status: 'AWAITING_FIX', open: [id] });
    expect((await hivemind('approve', id, ...VALUE)).code).toBe(0);
    expect((await deploymentOf('killed')).status).toBe('ACTIVE');
    expect((await remove('killed')).code).toBe(0);
    await second.kill();
  });
});

describe('a fix', () => {
  test('is tried three times at most, and then a person is told all of it', async () => {
    const { result, deployment } = await deployed('thrice', await flakyRegistry(1_000));
    expect(result.code).toBe(1);
    expect(deployment.status).toBe('FAILED');
    expect(deployment.fixes.map(({ status }) => status)).toEqual(['FAILED', 'FAILED', 'FAILED']);
    expect(deployment.failure?.hint.match(/it did not help/g)).toHaveLength(3);
    await nothingRemains(home());
  });

  test('that makes it worse is taken back', async () => {
    const { deployment, fix } = await deployed('worse', worseWithOtherNode);
    expect(fix).toMatchObject({ action: 'set_runtime_version', status: 'FAILED' });
    expect(deployment.status).toBe('FAILED');
    const retried = await hivemind('retry', 'worse', '--set', 'healthCheckPath=/', '--fix', 'none', '--json');
    // Node as before: the application fails where it had failed before the fix.
    expect(codeOf(retried)).toBe('StartFailed');
  });
});
