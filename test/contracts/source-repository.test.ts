import { describe } from '@jest/globals';
import { localSourceRepository } from '../../src/adapters/local/source-repository.ts';
import { gitHttpServer } from '../fixtures/git-http-server.ts';
import { temporaryHome } from '../fixtures/temporary-home.ts';
import { sourceRepositoryContract } from './source-repository.contract.ts';

const sources = async () => {
  const home = await temporaryHome();
  // The git configuration of whoever runs the tests does not count.
  Object.assign(process.env, { HOME: home.root, XDG_CONFIG_HOME: home.root, no_proxy: '127.0.0.1' });
  return localSourceRepository({ home });
};

describe('local source repository by file address', () =>
  sourceRepositoryContract(async () => ({
    sources: await sources(),
    publish: async ({ url }) => url,
  })));

describe('local source repository over http', () =>
  sourceRepositoryContract(async () => ({ sources: await sources(), publish: gitHttpServer })));
