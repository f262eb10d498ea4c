import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { historyDocument, previewDocument, removedDocument } from '../../src/contracts/api.ts';
import { deploymentDocument, errorDocument } from '../../src/contracts/deployment.ts';
import { gitRepository } from '../fixtures/git-repository.ts';
import { homeOfSuite, ownedProcesses, readServerFile, runCli, startCli } from '../fixtures/hivemind-cli.ts';
import { nothingRemains } from '../fixtures/remains.ts';
import { waitFor } from '../fixtures/wait-for.ts';

const home = homeOfSuite();
const hivemind = (...args: readonly string[]) => runCli(args, { home: home() });
const guestbook = fileURLToPath(new URL('../../examples/guestbook', import.meta.url));

const webApp = (body: string) => ({
  'package.json': JSON.stringify({ name: 'app', scripts: { start: 'node server.js' } }),
  'server.js': `require('node:http').createServer((q, s) => ${body}).listen(process.env.PORT);`,
});

async function deploy(source: string, name: string, ...options: readonly string[]) {
  const result = await hivemind('deploy', source, '--name', name, ...options, '--json');
  return { ...result, deployment: deploymentDocument.parse(result.json()).deployment };
}

const destroy = (name: string, ...options: readonly string[]) =>
  hivemind('destroy', name, '--confirm', name, ...options, '--json');

/** A process that was told to end, or reads git for one more moment, is given that moment. */
const processesAre = (count: number): Promise<boolean> =>
  waitFor(async () => (await applicationPids()).length === count, { what: `${count} processes` });

async function applicationPids(): Promise<number[]> {
  const server = await readServerFile(home());
  const owned = await ownedProcesses(home());
  return owned
    .map(({ pid }) => pid)
    .filter((pid) => pid !== server?.pid)
    .sort();
}

/** Nothing where nobody listens. A port that became free may be somebody else's by now, who runs beside. */
const textAt = (url: string): Promise<string> =>
  fetch(url).then(
    (answer) => answer.text(),
    () => '',
  );

describe('deploy', () => {
  test('runs the guestbook with its database and removes it again', async () => {
    const first = await deploy(guestbook, 'guestbook');
    expect(first).toMatchObject({ code: 0, stderr: '' });
    expect(first.deployment).toMatchObject({ status: 'ACTIVE', stage: 'production', release: { number: 1 } });
    expect(first.deployment.verification.map(({ id, result }) => [id, result])).toContainEqual([
      'database',
      'pass',
    ]);
    const url = first.deployment.url ?? '';
    const entry = await fetch(new URL('/api/entries', url), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'Ada', message: 'first words' }),
    });
    expect(entry.status).toBeLessThan(300);
    expect(await (await fetch(url)).text()).toContain('first words');

    const pids = await applicationPids();
    const again = await deploy(guestbook, 'guestbook');
    expect(again.deployment.stages.every(({ reused, status }) => reused && status === 'SUCCEEDED')).toBe(
      true,
    );
    expect(again.deployment.release).toEqual(first.deployment.release);
    expect(await applicationPids()).toEqual(pids);

    const removal = await destroy('guestbook');
    expect(removal.code).toBe(0);
    const { removed, kept } = removedDocument.parse(removal.json());
    expect(removed.map(({ type }) => type)).toEqual(expect.arrayContaining(['stack', 'secret', 'artifact']));
    expect(await readFile(kept[0]?.id ?? '', 'utf8')).toContain('first words');
    await nothingRemains(home());
    expect(await textAt(url)).not.toContain('first words');
  });

  test('creates nothing for a what-if', async () => {
    const result = await hivemind('deploy', guestbook, '--name', 'preview', '--what-if', '--json');
    const { preview } = previewDocument.parse(result.json());
    expect(preview.plan.database.value).toBe('postgres');
    expect(preview.stacks.map(({ blueprint }) => blueprint)).toEqual([
      'network',
      'load-balancer',
      'database',
      'monitoring',
      'compute',
    ]);
    expect(preview.stacks.flatMap(({ changes }) => changes).every(({ action }) => action === 'create')).toBe(
      true,
    );
    expect((await hivemind('status', 'preview', '--json')).code).toBe(4);
  });

  test('replaces a release without a failed request', async () => {
    const repository = await gitRepository(webApp("s.end('one')"));
    const { deployment } = await deploy(repository.folder, 'swap');
    await repository.commit({ 'server.js': webApp("s.end('two')")['server.js'] });
    const answers: string[] = [];
    let over = false;
    const asking = (async () => {
      while (!over) {
        const answer = await fetch(deployment.url ?? '');
        answers.push(`${answer.status} ${await answer.text()}`);
      }
    })();
    const second = await deploy(repository.folder, 'swap');
    over = true;
    await asking;
    expect(second.deployment).toMatchObject({
      status: 'ACTIVE',
      release: { number: 2 },
      url: deployment.url,
    });
    expect([...new Set(answers)].sort()).toEqual(['200 one', '200 two']);
    expect(answers.indexOf('200 two')).toBeGreaterThan(answers.lastIndexOf('200 one') - 8);
    await processesAre(2);
    await destroy('swap');
  });

  test('keeps the previous release when the next one fails', async () => {
    const repository = await gitRepository(webApp("s.end('good')"));
    const { deployment } = await deploy(repository.folder, 'steady');
    await repository.commit({ 'server.js': 'console.error("Error: out of luck"); process.exit(3);' });
    const failed = await deploy(repository.folder, 'steady');
    expect(failed.code).toBe(1);
    expect(failed.deployment).toMatchObject({
      status: 'FAILED',
      release: { number: 1 },
      failure: { stage: 'release', code: 'StartFailed', message: expect.stringContaining('out of luck') },
    });
    expect(await (await fetch(deployment.url ?? '')).text()).toBe('good');
    await processesAre(2);
    await destroy('steady');
    await nothingRemains(home());
  });

  test.each([
    ['a WebSocket server alone', "s.writeHead(426); s.end('Upgrade Required')"],
    ['credentials', 's.writeHead(401); s.end()'],
    [
      'an endless stream',
      "s.writeHead(200, { 'content-type': 'text/event-stream' }); s.write('data: 1\\n\\n')",
    ],
  ])('accepts %s at the root', async (_, answer) => {
    const repository = await gitRepository(webApp(`{ ${answer}; }`));
    const { code, deployment } = await deploy(repository.folder, 'root', '--stage-1');
    expect([code, deployment.status, deployment.failure]).toEqual([0, 'ACTIVE', undefined]);
    await destroy('root');
  });

  test('fails with InvalidEnvironmentFile and never obeys the file', async () => {
    const repository = await gitRepository(webApp("s.end('x')"));
    const missing = await hivemind(
      'deploy',
      repository.folder,
      '--name',
      'file',
      '--env-file',
      'nowhere',
      '--json',
    );
    expect(missing.code).toBe(2);
    expect(JSON.parse(missing.stderr)).toMatchObject({ error: { code: 'InvalidEnvironmentFile' } });
    await repository.write({ options: 'NODE_OPTIONS=--no-such-option\n' });
    const preview = ['deploy', repository.folder, '--name', 'file', '--what-if', '--json'];
    expect((await hivemind(...preview, '--env-file', `${repository.folder}/options`)).code).toBe(0);
  });

  test('shows the proof of the release that is live', async () => {
    const repository = await gitRepository(webApp("s.end('one')"));
    const first = await deploy(repository.folder, 'return', '--stage-1');
    await repository.commit({ 'server.js': webApp("s.end('two')")['server.js'] });
    await deploy(repository.folder, 'return', '--stage-1');
    await repository.git('reset', '--quiet', '--hard', 'HEAD~1');
    const third = await deploy(repository.folder, 'return', '--stage-1');
    expect(third.deployment.release).toEqual(first.deployment.release);
    const proof = third.deployment.verification.find(({ id }) => id === 'release');
    expect(proof).toMatchObject({ result: 'pass', evidence: expect.stringContaining('release 1 ') });
    expect(await (await fetch(third.deployment.url ?? '')).text()).toBe('one');
    await destroy('return');
  });

  test('keeps the release when another port is taken', async () => {
    const repository = await gitRepository(webApp("s.end('here')"));
    const { deployment } = await deploy(repository.folder, 'anchor', '--stage-1');
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const address = taken.address();
    const port = typeof address === 'object' && address !== null ? String(address.port) : '';
    const moved = await hivemind(
      'deploy',
      repository.folder,
      '--name',
      'anchor',
      '--stage-1',
      '--port',
      port,
      '--json',
    );
    taken.close();
    expect(moved.code).toBe(5);
    expect(await (await fetch(deployment.url ?? '')).text()).toBe('here');
    const again = await deploy(repository.folder, 'anchor', '--stage-1');
    expect(again.deployment).toMatchObject({ status: 'ACTIVE', url: deployment.url });
    await destroy('anchor');
    await nothingRemains(home());
  });

  test('restarts but does not rebuild for a changed variable', async () => {
    const repository = await gitRepository(webApp('s.end(String(process.env.GREETING))'));
    await deploy(repository.folder, 'hello', '--stage-1', '--env', 'GREETING=hi');
    const changed = await deploy(repository.folder, 'hello', '--stage-1', '--env', 'GREETING=hey');
    expect(await (await fetch(changed.deployment.url ?? '')).text()).toBe('hey');
    const reused = changed.deployment.stages.filter((stage) => stage.reused).map(({ name }) => name);
    expect(reused).toEqual(expect.arrayContaining(['build', 'network', 'load-balancer']));
    expect(reused).not.toContain('compute');
    await destroy('hello');
  });

  test('fails with DeploymentBusy while another one runs', async () => {
    const repository = await gitRepository({
      'package.json': JSON.stringify({ scripts: { build: 'node build.js', start: 'node server.js' } }),
      'build.js': "setTimeout(() => {}, 60000); console.log('building');",
      'server.js': '',
    });
    const first = startCli(['deploy', repository.folder, '--name', 'busy'], { home: home() });
    let progress = '';
    first.stderr?.on('data', (text) => (progress += text));
    await waitFor(() => progress.includes('building the artifact'), { what: 'the build' });
    const second = await hivemind('deploy', repository.folder, '--name', 'busy', '--json');
    expect(second.code).toBe(5);
    expect(errorDocument.parse(JSON.parse(second.stderr)).error.code).toBe('DeploymentBusy');
    first.kill('SIGINT');
    const [code] = await new Promise<[number | null]>((resolve) =>
      first.once('exit', (value) => resolve([value])),
    );
    expect(code).toBe(1);
    await nothingRemains(home());
    const { events } = historyDocument.parse((await hivemind('history', 'busy', '--json')).json());
    expect(events.map(({ type }) => type)).toContain('execution.cancel-requested');
  });
});
