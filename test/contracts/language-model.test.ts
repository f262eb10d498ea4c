import { afterEach, describe } from '@jest/globals';
import { noModel } from '../../src/adapters/anywhere/language-model.ts';
import { gatewayWorld } from '../fixtures/models/gateway-world.ts';
import { type Serving, scriptedProviders } from '../fixtures/models/scripted-providers.ts';
import { languageModelContract } from './language-model.contract.ts';

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

async function gatewayOver(question: Serving, conversation: Serving) {
  const world = gatewayWorld(scriptedProviders(({ use }) => (use.streams ? conversation : question)));
  open.push(world.close);
  return world.gateway;
}

describe('without a model', () => languageModelContract(async () => noModel));

describe('the gateway over models that answer', () =>
  languageModelContract(() =>
    gatewayOver({ does: 'answer', input: { cause: 'a' } }, { does: 'say', text: 'All is well.' }),
  ));

describe('the gateway over models that answer something else', () =>
  languageModelContract(() => gatewayOver({ does: 'answer', input: 7 }, { does: 'say', text: '' })));

describe('the gateway over models that do not answer', () =>
  languageModelContract(() => gatewayOver({ does: 'hang' }, { does: 'lose' })));
