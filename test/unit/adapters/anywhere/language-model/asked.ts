import { afterEach } from '@jest/globals';
import * as z from 'zod';
import type { Question, ReadingTool } from '../../../../../src/ports/language-model.ts';
import { gatewayWorld } from '../../../../fixtures/models/gateway-world.ts';
import {
  type ScriptedRequest,
  type Serving,
  scriptedProviders,
} from '../../../../fixtures/models/scripted-providers.ts';

export const CAUSE = z.object({ cause: z.string() });
export const GOOD: Serving = { does: 'answer', input: { cause: 'the port is taken' } };

/** Of a kind that is kept, and never goes to the cheapest model. */
export const QUESTION: Question<z.infer<typeof CAUSE>> = {
  agent: 'medic',
  deploymentId: 'shop',
  kind: 'diagnosis',
  instructions: 'Say why it stopped.',
  data: [{ name: 'log', text: 'it stopped' }],
  answer: CAUSE,
  answerVersion: 1,
};

export const readsFile = (read: ReadingTool['read']): ReadingTool => ({
  name: 'read_file',
  description: 'Reads a file.',
  input: z.object({ path: z.string() }),
  read,
});

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

type Changes = NonNullable<Parameters<typeof gatewayWorld>[1]>;

/** A gateway over scripted models until the test has ended; of several answers the last one goes for all that follow. */
export function asked(
  script: Serving | readonly Serving[] | ((request: ScriptedRequest) => Serving),
  changes: Changes = {},
  embed?: Parameters<typeof scriptedProviders>[1],
) {
  let place = 0;
  const serve = (request: ScriptedRequest): Serving => {
    if (typeof script === 'function') return script(request);
    const servings = [script].flat();
    return servings[Math.min(place++, servings.length - 1)] ?? { does: 'hang' };
  };
  const providers = scriptedProviders(serve, embed);
  const world = gatewayWorld(providers, changes);
  open.push(world.close);
  return {
    ...world,
    providers,
    ask: (question: Partial<typeof QUESTION> = {}, signal?: AbortSignal) =>
      world.gateway.ask({ ...QUESTION, ...question }, signal),
  };
}
