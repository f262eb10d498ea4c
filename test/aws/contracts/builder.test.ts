import { describe } from '@jest/globals';
import { builderContract } from '../../contracts/builder.contract.ts';
import { makeAwsBuilder } from '../builder-harness.ts';

// CodeBuild is played by test/aws/codebuild-stand-in.ts, which runs the real build program on this machine.
describe('AWS builder', () => builderContract((options) => makeAwsBuilder(options)));
