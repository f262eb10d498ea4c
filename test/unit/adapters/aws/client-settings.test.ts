import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { asked } from '../../../../src/adapters/aws/aws-failure.ts';
import { clientSettings } from '../../../../src/adapters/aws/client-settings.ts';

/** Takes connections and says nothing. */
let silent: Server;
let connections = 0;

beforeEach(async () => {
  connections = 0;
  silent = createServer((socket) => {
    connections += 1;
    socket.on('error', () => undefined).resume();
  });
  silent.listen(0, '127.0.0.1');
  await once(silent, 'listening');
});

afterEach(() => void silent.close());

/** What is decided for AWS, with a shorter wait and fewer attempts. */
function impatientSettings() {
  const address = silent.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const settings = clientSettings({ region: 'eu-west-1', endpoint: `http://127.0.0.1:${port}`, credentials });
  const { socketTimeout } = settings.requestHandler;
  expect(socketTimeout).toBeGreaterThan(0);
  return {
    ...settings,
    maxAttempts: 2,
    requestHandler: { ...settings.requestHandler, socketTimeout: socketTimeout / 400 },
  };
}

test('a call that AWS never answers is made again, and then it is unavailable', async () => {
  const client = new CloudFormationClient(impatientSettings());
  const reading = asked(client.send(new DescribeStacksCommand({})), 'read the stacks');
  await expect(reading).rejects.toMatchObject({ code: 'AwsUnavailable' });
  expect(connections).toBe(2);
  client.destroy();
});
