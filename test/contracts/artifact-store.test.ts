import { randomUUID } from 'node:crypto';
import { describe } from '@jest/globals';
import { localArtifactStore } from '../../src/adapters/local/artifact-store.ts';
import { temporaryHome } from '../fixtures/temporary-home.ts';
import { artifactStoreContract } from './artifact-store.contract.ts';

describe('local artifact store', () =>
  artifactStoreContract(async () => {
    const home = await temporaryHome();
    return { store: localArtifactStore(home), freePath: () => home.folder('work', randomUUID()) };
  }));
