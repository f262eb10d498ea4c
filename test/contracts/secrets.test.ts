import { describe } from '@jest/globals';
import { localSecrets } from '../../src/adapters/local/secrets.ts';
import { temporaryHome } from '../fixtures/temporary-home.ts';
import { secretsContract } from './secrets.contract.ts';

describe('local secrets', () => secretsContract(async () => localSecrets(await temporaryHome())));
