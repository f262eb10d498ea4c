import { describe } from '@jest/globals';
import { homeFrom } from '../../src/adapters/local/home.ts';
import { localProbe } from '../../src/adapters/local/probe.ts';
import { localSecrets } from '../../src/adapters/local/secrets.ts';
import { probeContract } from './probe.contract.ts';

describe('local probe', () =>
  probeContract(() => localProbe(localSecrets(homeFrom({ HIVEMIND_HOME: '/nonexistent' })))));
