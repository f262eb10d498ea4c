import { describe, expect, test } from '@jest/globals';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { type Answer, after, fails, hang, reset, text, throttled } from '../../bedrock/answer.ts';
import { SERVICE_ERRORS } from '../../bedrock/service-error.ts';
import { connectedBedrock } from './connected-bedrock.ts';

const failureOf = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  );

describe('an error of the service', () => {
  test.each([
    ['throttled', 'ThrottlingException', 429],
    ['tooManyTokens', 'ThrottlingException', 429],
    ['modelNotReady', 'ModelNotReadyException', 429],
    ['modelTimeout', 'ModelTimeoutException', 408],
    ['internal', 'InternalServerException', 500],
    ['unavailable', 'ServiceUnavailableException', 503],
    ['modelError', 'ModelErrorException', 424],
    ['noAccess', 'AccessDeniedException', 403],
    ['notAllowed', 'AccessDeniedException', 403],
    ['expiredToken', 'ExpiredTokenException', 403],
    ['unknownKey', 'UnrecognizedClientException', 403],
    ['inputTooLong', 'ValidationException', 400],
    ['endOfLife', 'ResourceNotFoundException', 404],
  ] as const)('%s has its name, its status and its message', async (error, name, httpStatusCode) => {
    const { server, converse, stream } = await connectedBedrock({ script: fails(SERVICE_ERRORS[error]) });
    const told = { name, message: SERVICE_ERRORS[error].message, $metadata: { httpStatusCode } };
    expect(await failureOf(converse())).toMatchObject(told);
    expect(await failureOf(stream())).toMatchObject(told);
    expect(server.served).toEqual([]);
    expect(server.requests).toMatchObject([
      { status: httpStatusCode, error: name, ending: 'answered' },
      { status: httpStatusCode, error: name, ending: 'answered' },
    ]);
  });

  test('says when to try again', async () => {
    const { server, converse } = await connectedBedrock({ script: throttled('7') });
    expect(await failureOf(converse())).toMatchObject({ $response: { headers: { 'retry-after': '7' } } });
    server.follow(throttled());
    expect(await failureOf(converse())).not.toHaveProperty('$response.headers.retry-after');
  });

  test('comes so often, and then no more', async () => {
    const { server, converse } = await connectedBedrock({
      script: after(2, fails(SERVICE_ERRORS.internal), text('at last')),
    });
    await failureOf(converse());
    await failureOf(converse());
    expect((await converse()).output?.message?.content).toEqual([{ text: 'at last' }]);
    expect(server.requests.map(({ status }) => status)).toEqual([500, 500, 200]);
  });
});

describe.each([
  ['HTTP/2', () => ({})],
  ['HTTP/1.1', () => ({ requestHandler: new NodeHttpHandler() })],
])('a connection of %s', (_, config) => {
  test('answers', async () => {
    const { converse, stream } = await connectedBedrock({}, config());
    expect((await converse()).stopReason).toBe('end_turn');
    expect(await stream()).not.toEqual([]);
  });

  test.each([
    ['before the answer', reset()],
    ['before the answer, which is billed', reset('connection', true)],
    ['of this request only', reset('stream')],
    ['in the middle of the answer', text('yes', { delivery: { how: 'reset', after: 1, of: 'connection' } })],
    ['too early', text('yes', { delivery: { how: 'ends', after: 1 } })],
  ] as readonly (readonly [string, Answer])[])('breaks %s', async (_when, script) => {
    const { server, converse } = await connectedBedrock({ script }, config());
    expect(await failureOf(converse())).toHaveProperty('message');
    expect(server.requests).toMatchObject([{ ending: 'cut' }]);
    const isBilled = script.kind === 'message' || (script.kind === 'reset' && script.billed);
    expect(server.served).toMatchObject(isBilled ? [{ isTold: false }] : []);
    server.follow(undefined);
    expect((await converse()).stopReason).toBe('end_turn');
  });

  test('is left by a client that has waited long enough', async () => {
    const { server, converse } = await connectedBedrock({ script: hang() }, config());
    const patience = new AbortController();
    const asked = failureOf(converse({}, patience.signal));
    await server.until(() => server.received === 1);
    patience.abort();
    expect(await asked).toMatchObject({ name: 'AbortError' });
    await server.until(() => server.requests[0]?.ending === 'left');
    expect(server.served).toEqual([]);
  });
});

test('a model that is tried through one connection by many answers all of them', async () => {
  const { server, converse } = await connectedBedrock({}, { requestHandler: { requestTimeout: 20_000 } });
  await Promise.all(Array.from({ length: 50 }, () => converse()));
  expect(server.totals()).toMatchObject({ calls: 50, inputTokens: 500 });
  expect(server.totals('us.amazon.nova-pro-v1:0')).toMatchObject({ calls: 0 });
});

test('without its requests the server keeps numbers only', async () => {
  const { server, converse } = await connectedBedrock({ keepsRequests: false });
  await converse();
  expect([server.requests, server.served, server.received]).toEqual([[], [], 1]);
  expect(server.totals()).toMatchObject({ calls: 1 });
});
