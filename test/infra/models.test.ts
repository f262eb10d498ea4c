import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { build } from 'esbuild';
import { BUNDLE_OPTIONS } from '../../lib/control-plane/bundles.ts';
import { after, fails, text, throttled } from '../bedrock/answer.ts';
import { type BedrockServer, startBedrock } from '../bedrock/bedrock-server.ts';
import { SERVICE_ERRORS } from '../bedrock/service-error.ts';
import type { Asked } from './asking-program.ts';

const run = promisify(execFile);
const MODEL = 'global.anthropic.claude-sonnet-5-5';
const EMBEDDING = 'amazon.titan-embed-text-v2:0';

let folder: string;
let server: BedrockServer;

beforeAll(async () => {
  server = await startBedrock();
  folder = await mkdtemp(join(tmpdir(), 'hivemind-asking-'));
  const program = fileURLToPath(new URL('asking-program.ts', import.meta.url));
  await build({ ...BUNDLE_OPTIONS, entryPoints: [{ in: program, out: 'index' }], outdir: folder });
}, 120_000);

afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

beforeEach(() => {
  server.follow(undefined);
  server.failEmbeddings(undefined);
  server.clear();
});

/** What the program asks in a process that has nothing but this environment. */
async function asked(variables: Readonly<Record<string, string>> = {}): Promise<Asked> {
  const { stdout } = await run(process.execPath, ['--no-warnings', join(folder, 'index.mjs')], {
    env: {
      ...server.environment,
      AWS_SESSION_TOKEN: 'test',
      HIVEMIND_MODEL: MODEL,
      HIVEMIND_MODEL_EMBEDDING: EMBEDDING,
      ...variables,
    },
  });
  return JSON.parse(stdout);
}

test('what is bundled asks Bedrock questions, for vectors, and in conversations', async () => {
  const { reply, events, calls, troubles } = await asked();
  expect(troubles).toEqual([]);
  expect(reply).toEqual({
    answered: true,
    value: { standsOut: false },
    level: 'primary',
    model: `bedrock:${MODEL}`,
    cached: 'no',
  });
  expect(events.flatMap((event) => (event.kind === 'text' ? event.text : [])).join('')).toBe('All is well.');
  expect(events.at(-1)).toEqual({ kind: 'end', level: 'primary', model: `bedrock:${MODEL}` });
  expect(server.requests.map(({ operation, modelId, status }) => [operation, modelId, status])).toEqual([
    ['invoke', EMBEDDING, 200],
    ['converse', MODEL, 200],
    ['converse-stream', MODEL, 200],
  ]);
  expect(calls.map(({ usage }) => usage)).toEqual(server.served.map(({ usage }) => usage));
});

test.each([
  // Later than any deadline: nobody waits for it.
  ['throttled', throttled('3600'), 1],
  ['access-denied', fails(SERVICE_ERRORS.noAccess), 1],
  ['unavailable', fails({ ...SERVICE_ERRORS.modelNotReady, retryAfter: '3600' }), 1],
  ['not-signed-in', fails(SERVICE_ERRORS.expiredToken), 1],
] as const)('an answer that means %s is known for it', async (reason, fault, attempts) => {
  server.follow(fault);
  server.failEmbeddings(fault);
  const { reply, events, calls } = await asked();
  expect(reply).toEqual({ answered: false, reason });
  expect(events).toEqual([{ kind: 'failed', reason }]);
  const ofModel = calls.filter(({ model }) => model === `bedrock:${MODEL}`);
  expect(ofModel).toMatchObject([
    { outcome: 'failed', failure: reason, attempts },
    { outcome: 'failed', failure: reason, attempts },
  ]);
});

test('what was throttled is tried again', async () => {
  server.follow(after(1, throttled(), text('All is well.')));
  const { calls } = await asked({ HIVEMIND_MODEL_EMBEDDING: '' });
  expect(calls[0]).toMatchObject({ attempts: 2 });
});

test('a stream that ends with an exception is known for it', async () => {
  const delivery = { how: 'exception', after: 2, error: SERVICE_ERRORS.modelStreamError } as const;
  server.follow(({ isStream }) => ({
    kind: 'message',
    content: [{ text: 'a few words' }],
    ...(isStream && { delivery }),
  }));
  const { events, calls } = await asked();
  expect(events.at(-1)).toEqual({ kind: 'failed', reason: 'interrupted' });
  expect(calls.at(-1)).toMatchObject({ failure: 'interrupted' });
});
