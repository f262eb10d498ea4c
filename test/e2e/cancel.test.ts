import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type RunningServer, startServer } from '../../apps/api/serve.ts';
import { type Home, homeFrom } from '../../src/adapters/local/home.ts';
import { executionDocument, type Started, startedDocument } from '../../src/contracts/api.ts';
import type { StageName } from '../../src/domain/stage.ts';
import { gitRepository } from '../fixtures/git-repository.ts';
import { homeOfSuite } from '../fixtures/hivemind-cli.ts';
import { nothingRemains } from '../fixtures/remains.ts';
import { waitFor } from '../fixtures/wait-for.ts';

const suiteHome = homeOfSuite();

const files = {
  'package.json': JSON.stringify({
    scripts: { build: 'node --version', start: 'node server.js', migrate: 'node --version' },
  }),
  '.env.example': 'DATABASE_URL=postgres://localhost/app\n',
  'server.js': "require('node:http').createServer((q, s) => s.end('x')).listen(process.env.PORT);",
};

describe('a deploy that is cancelled', () => {
  let server: RunningServer;
  let home: Home;
  let cancelAt: StageName | undefined;

  beforeAll(async () => {
    home = homeFrom({ HIVEMIND_HOME: suiteHome().root });
    server = await startServer({
      environment: { HIVEMIND_HOME: home.root },
      onEvent: ({ type, data, executionId }) => {
        if (type !== 'stage.started' || data['stage'] !== cancelAt) return;
        cancelAt = undefined;
        void call('POST', `/v1/executions/${executionId}/cancel`);
      },
    });
  });
  afterAll(() => server.stop());

  async function call(method: string, path: string, body?: object): Promise<unknown> {
    const token = await readFile(home.tokenFile, 'utf8');
    const answer = await fetch(`${server.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    });
    return answer.json();
  }

  async function ended({ executionId }: Started) {
    return waitFor(
      async () => {
        const { execution } = executionDocument.parse(await call('GET', `/v1/executions/${executionId}`));
        return execution.status === 'RUNNING' ? undefined : execution;
      },
      { timeoutMilliseconds: 30_000, what: 'the end of the execution' },
    );
  }

  test.each([
    'analyse',
    'build',
    'network',
    'load-balancer',
    'database',
    'compute',
    'migrate',
    'release',
    'harden',
    'verify',
    'observe',
  ] as const)('leaves nothing behind in %s', async (stage) => {
    const { folder } = await gitRepository(files);
    cancelAt = stage;
    const started = await call('POST', '/v1/deployments', { source: folder, name: `at-${stage}` });
    const execution = await ended(startedDocument.parse(started));
    expect(execution).toMatchObject({ status: 'CANCELLED', failure: { code: 'Cancelled' } });
    await nothingRemains(home);
  });
});
