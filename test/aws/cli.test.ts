import { HeadObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { describe, expect, test } from '@jest/globals';
import {
  costsDocument,
  historyDocument,
  logsDocument,
  reportDocument,
  startedDocument,
} from '../../src/contracts/api.ts';
import { deploymentDocument, deploymentListDocument } from '../../src/contracts/deployment.ts';
import { gitRepository } from '../fixtures/git-repository.ts';
import { waitFor } from '../fixtures/wait-for.ts';
import { sessionIn } from './aws-session.ts';
import { operatedAccount } from './operated-account.ts';

type Operated = Awaited<ReturnType<typeof operatedAccount>>;

const SOURCE = 'https://github.com/owner/shop';
const COMMIT = 'a'.repeat(40);

async function run(operated: Operated, ...argv: string[]) {
  const session = await sessionIn(operated.account);
  const code = await session.run(...argv);
  return { code, out: session.stdout.text, err: session.stderr.text };
}

/** A deployment that is live; its id. */
async function deployed(operated: Operated): Promise<string> {
  const { out } = await run(operated, 'deploy', SOURCE, '--no-wait', '--json');
  const { id } = deploymentDocument.parse(JSON.parse(out)).deployment;
  await operated.makeLive(id, COMMIT);
  await operated.end(await operated.started());
  return id;
}

describe('hivemind deploy --target aws', () => {
  test('starts the workflow in Step Functions under the id of the execution', async () => {
    const operated = await operatedAccount();
    const { code, out, err } = await run(operated, 'deploy', SOURCE, '--stage-1', '--no-wait', '--json');
    expect([code, err]).toEqual([0, '']);
    const { deployment } = deploymentDocument.parse(JSON.parse(out));
    expect(deployment).toMatchObject({ name: 'shop', target: 'aws', stage: 'stage-1', status: 'PENDING' });
    const [execution] = await operated.executions();
    expect(execution).toEqual({
      name: expect.stringMatching(/^deploy-/),
      input: { executionId: execution?.name, deploymentId: deployment.id },
    });
    const lock = await operated.store.findLock(deployment.id);
    expect(lock?.owner).toBe(execution?.name);
  });

  test('shows the progress and ends with what was proved', async () => {
    const operated = await operatedAccount();
    const session = await sessionIn(operated.account);
    const running = session.run('deploy', SOURCE, '--target', 'aws');
    const executionId = await operated.started();
    const execution = await operated.store.findExecution(executionId);
    const deploymentId = execution?.deploymentId ?? '';
    await operated.store.appendEvent({
      deploymentId,
      executionId,
      actor: 'compiler',
      type: 'stage.started',
      message: 'building the artifact',
      data: { stage: 'build' },
    });
    await waitFor(() => session.stderr.text.includes('building the artifact'));
    await operated.makeLive(deploymentId, COMMIT);
    await operated.end(executionId);
    expect(await running).toBe(0);
    expect(session.stdout.text).toContain('http://shop.elb.amazonaws.com');
    expect(session.isListening).toBe(false);
  });

  test('keeps settings of AWS, and inherits them', async () => {
    const operated = await operatedAccount();
    const certificate = 'arn:aws:acm:eu-west-1:123456789012:certificate/0a1b-2c3d';
    const options = ['--dedicated-network', '--certificate', certificate, '--xray', '--env', 'MODE=a'];
    await run(operated, 'deploy', SOURCE, '--no-wait', ...options);
    const first = await operated.started();
    await operated.end(first, 'FAILED');
    const { code, err } = await run(operated, 'deploy', SOURCE, '--no-wait');
    expect([code, err]).toEqual([0, '']);
    const names = (await operated.executions()).map(({ name }) => name);
    const second = names.find((name) => name !== first) ?? '';
    expect((await operated.store.findExecution(second))?.settings).toMatchObject({
      network: 'dedicated',
      certificateArn: certificate,
      xray: true,
      environmentNames: ['MODE'],
      environmentSecret: expect.stringMatching(/^arn:aws:secretsmanager:/),
    });
  });

  test('uploads a folder that only this machine can reach', async () => {
    const operated = await operatedAccount();
    const repository = await gitRepository({ 'index.html': 'hello' });
    const { code, err } = await run(operated, 'deploy', repository.folder, '--name', 'site', '--no-wait');
    expect([code, err]).toEqual([0, '']);
    const execution = await operated.store.findExecution(await operated.started());
    const { published } = execution?.workflow === 'deploy' ? execution.settings : {};
    expect(published?.commit).toBe(await repository.git('rev-parse', 'HEAD'));
    const stored = await new S3Client(operated.account.settings).send(
      new HeadObjectCommand({
        Bucket: operated.controlPlane.artifactBucket,
        Key: `sources/${published?.repository}/${published?.tree}.tar.gz`,
      }),
    );
    expect(stored.ContentLength).toBeGreaterThan(0);
  });

  test('asks the workflow to stop on Ctrl-C, and waits for the clean-up', async () => {
    const operated = await operatedAccount();
    const session = await sessionIn(operated.account);
    const running = session.run('deploy', SOURCE);
    const executionId = await operated.started();
    session.interrupt();
    const wished = async () => (await operated.store.findExecution(executionId))?.cancelRequested;
    await waitFor(wished, { what: 'the wish to cancel' });
    await operated.end(executionId, 'FAILED');
    expect(await running).toBe(1);
    expect(session.stderr.text).toContain('(Cancelled)');
  });

  test('says that a deployment is busy', async () => {
    const operated = await operatedAccount();
    await run(operated, 'deploy', SOURCE, '--no-wait');
    const { code, out, err } = await run(operated, 'deploy', SOURCE, '--no-wait', '--json');
    expect([code, out]).toEqual([5, '']);
    expect(JSON.parse(err).error.code).toBe('DeploymentBusy');
  });
});

describe('what a deployment on AWS is', () => {
  test('is shown by list, status and history', async () => {
    const operated = await operatedAccount();
    const id = await deployed(operated);
    const list = await run(operated, 'list', '--json');
    const { deployments } = deploymentListDocument.parse(JSON.parse(list.out));
    expect(deployments.map((deployment) => deployment.id)).toEqual([id]);
    const status = await run(operated, 'status', '--json');
    expect(deploymentDocument.parse(JSON.parse(status.out)).deployment).toMatchObject({
      status: 'ACTIVE',
      target: 'aws',
      release: { number: 1, commit: COMMIT },
    });
    const history = await run(operated, 'history', 'shop', '--json');
    const { events } = historyDocument.parse(JSON.parse(history.out));
    expect(events.map(({ type }) => type)).toEqual([
      'deployment.created',
      'execution.started',
      'execution.finished',
    ]);
    const names = await run(operated, 'names');
    expect(names.out).toBe('shop\n');
    for (const { code, err } of [list, status, history, names]) expect([code, err]).toEqual([0, '']);
  });

  test('is shown by report and its costs', async () => {
    const operated = await operatedAccount();
    await deployed(operated);
    const report = await run(operated, 'report', 'shop', '--json');
    expect(reportDocument.parse(JSON.parse(report.out)).report).toContain('shop');
    const costs = await run(operated, 'status', 'shop', '--show-costs', '--json');
    expect(costsDocument.parse({ costs: JSON.parse(costs.out).costs }).costs.note).not.toBe('');
  });

  test('has logs, also while it runs', async () => {
    const operated = await operatedAccount();
    const id = await deployed(operated);
    await operated.log(id, 'instance', 'i-1', ['one', 'two']);
    const { out } = await run(operated, 'logs', 'shop', '--json');
    expect(logsDocument.parse(JSON.parse(out)).lines.map(({ text }) => text)).toEqual(['one', 'two']);
    const session = await sessionIn(operated.account);
    const following = session.run('logs', 'shop', '--follow');
    await waitFor(() => session.stdout.text.includes('two'));
    await operated.log(id, 'instance', 'i-2', ['three']);
    await waitFor(() => session.stdout.text.includes('three'));
    session.interrupt();
    expect(await following).toBe(0);
    expect(session.stdout.text.match(/two/g)).toHaveLength(1);
  });

  test('is removed by destroy', async () => {
    const operated = await operatedAccount();
    const id = await deployed(operated);
    const session = await sessionIn(operated.account);
    const running = session.run('destroy', 'shop', '--confirm', 'shop', '--json');
    const executionId = await operated.started('destroy');
    await operated.store.appendEvent({
      deploymentId: id,
      executionId,
      actor: 'janitor',
      type: 'resource.removed',
      message: 'network',
      data: { type: 'stack', id: `${id}-network`, result: 'removed' },
    });
    await operated.store.updateDeployment(id, { status: 'DESTROYED' });
    await operated.end(executionId);
    expect(await running).toBe(0);
    expect(JSON.parse(session.stdout.text).removed).toEqual([
      { type: 'stack', id: `${id}-network`, result: 'removed' },
    ]);
    const list = await run(operated, 'list', '--json');
    expect(deploymentListDocument.parse(JSON.parse(list.out)).deployments).toEqual([]);
  });

  test('is removed without waiting', async () => {
    const operated = await operatedAccount();
    await deployed(operated);
    const { code, out } = await run(operated, 'destroy', 'shop', '--confirm', 'shop', '--no-wait', '--json');
    expect(code).toBe(0);
    const { executionId } = startedDocument.parse(JSON.parse(out));
    expect((await operated.executions('destroy')).map(({ name }) => name)).toEqual([executionId]);
  });

  test('does not mix with what runs on this machine', async () => {
    const operated = await operatedAccount();
    await deployed(operated);
    const { code, out } = await run(operated, 'list', '--target', 'local', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toEqual({ deployments: [] });
  });
});
