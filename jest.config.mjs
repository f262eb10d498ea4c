import { spawnSync } from 'node:child_process';

/** The suites of what works through git; left out, and said so, on a machine that has none. */
const GIT_SUITES = [
  '<rootDir>/test/unit/adapters/local/git/',
  '<rootDir>/test/unit/adapters/aws/git-settings',
  '<rootDir>/test/contracts/source-repository',
];
const hasGit = spawnSync('git', ['--version']).status === 0;
if (!hasGit) console.warn('git is not installed: the suites of the source repository are left out');

/** One jest project per speed class; every project runs its tests in random order. */
const project = (displayName, roots, options = {}) => ({
  displayName,
  roots,
  testMatch: ['**/*.test.ts'],
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          target: 'es2024',
          parser: { syntax: 'typescript' },
          experimental: { keepImportAttributes: true },
        },
        module: { type: 'es6' },
      },
    ],
  },
  modulePathIgnorePatterns: ['<rootDir>/test/fixtures/repositories', '<rootDir>/examples'],
  haste: { enableSymlinks: false },
  ...options,
});

const emulator = {
  globalSetup: '<rootDir>/test/aws/global-setup.ts',
  globalTeardown: '<rootDir>/test/aws/global-teardown.ts',
};
const SEEDED_FAULTS_ON_AWS = ['**/test/aws/faults-seeded-*.test.ts'];
/** Beside the one of `deploy.test.ts`. */
const WHOLE_WORKFLOWS_ON_AWS = ['deploy-*', '*-deploys', 'update', 'update-*', 'models'].map(
  (name) => `**/test/aws/${name}.test.ts`,
);

export default {
  randomize: true,
  // Generous, because two cores are shared by everything a test starts; a wait for a condition has its own, shorter limit.
  testTimeout: 40_000,
  watchman: false,
  maxWorkers: 2,
  // A worker keeps every module of every suite it has run, and what starts processes pays for each page of it in every fork.
  workerIdleMemoryLimit: '250MB',
  projects: [
    project(
      'fast',
      [
        '<rootDir>/test/unit',
        '<rootDir>/test/contracts',
        '<rootDir>/test/state-machines',
        '<rootDir>/test/architecture',
      ],
      hasGit ? {} : { testPathIgnorePatterns: GIT_SUITES },
    ),
    project('e2e', ['<rootDir>/test/e2e']),
    project('apps', ['<rootDir>/test/apps']),
    project('medic', ['<rootDir>/test/medic']),
    project('faults', ['<rootDir>/test/faults']),
    project('chaos', ['<rootDir>/test/chaos']),
    project('infra', ['<rootDir>/test/infra']),
    project('aws', ['<rootDir>/test/aws'], {
      ...emulator,
      testMatch: [
        '**/*.test.ts',
        ...[...SEEDED_FAULTS_ON_AWS, ...WHOLE_WORKFLOWS_ON_AWS].map((name) => `!${name}`),
      ],
    }),
    project('aws-workflows', ['<rootDir>/test/aws'], { ...emulator, testMatch: WHOLE_WORKFLOWS_ON_AWS }),
    project('faults-aws', ['<rootDir>/test/aws'], { ...emulator, testMatch: SEEDED_FAULTS_ON_AWS }),
  ],
};
