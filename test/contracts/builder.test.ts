import { describe } from '@jest/globals';
import { makeLocalBuilder } from '../unit/adapters/local/build/build-harness.ts';
import { builderContract } from './builder.contract.ts';

// Without bubblewrap on the machine both run alike.
describe('local builder, in a sandbox', () => builderContract((options) => makeLocalBuilder(options)));
describe('local builder, without one', () =>
  builderContract((options) => makeLocalBuilder({ ...options, sandbox: false })));
