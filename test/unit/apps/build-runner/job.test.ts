import { expect, test } from '@jest/globals';
import { forgetSecrets, readJob } from '../../../../apps/build-runner/job.ts';
import { printedOutput } from '../../../../apps/build-runner/output.ts';
import { httpServer } from '../../../fixtures/git-http-server.ts';

test('what the container tells us is nobody else is told', () => {
  const environment = {
    PATH: '/bin',
    AWS_SESSION_TOKEN: 'x',
    AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: 'x',
    ECS_CONTAINER_METADATA_URI_V4: 'x',
    CODEBUILD_BUILD_ID: 'x',
    HIVEMIND_JOB_URL: 'x',
    HTTPS_PROXY: 'proxy',
  };
  forgetSecrets(environment);
  expect(environment).toEqual({ PATH: '/bin', HTTPS_PROXY: 'proxy' });
});

test('a job that cannot be fetched is an error without its address', async () => {
  const url = await httpServer((_, response) => void response.writeHead(403).end());
  const failure = await readJob({ HIVEMIND_JOB_URL: `${url}/job?X-Amz-Signature=secret` }).catch(String);
  expect(failure).toContain('AwsUnavailable');
  expect(failure).not.toContain('secret');
});

test('a job is asked for again when the store is too busy, and not when it is refused', async () => {
  const statuses = [503, 503, 403];
  const url = await httpServer((_, response) => void response.writeHead(statuses.shift() ?? 500).end());
  const failure = await readJob({ HIVEMIND_JOB_URL: `${url}/job` }).catch(String);
  expect(failure).toContain('HTTP 403');
  expect(statuses).toEqual([]);
});

test('output is cut when it is too much', () => {
  const lines: string[] = [];
  const output = printedOutput((line) => lines.push(line));
  output.begin('build', '$ make');
  output.line('x'.repeat(1_000));
  for (let count = 0; count < 20_000; count += 1) output.line('y'.repeat(1_000));
  expect(lines[0]).toBe('build: $ make');
  expect(lines.at(-1)).toBe('build: (the build prints more than is kept)');
  expect(lines.length).toBeLessThan(17_000);
});
