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

export default {
  randomize: true,
  // Generous, because two cores are shared by everything a test starts; a wait for a condition has its own, shorter limit.
  testTimeout: 40_000,
  watchman: false,
  maxWorkers: 2,
  projects: [
    project('fast', [
      '<rootDir>/test/unit',
      '<rootDir>/test/contracts',
      '<rootDir>/test/state-machines',
      '<rootDir>/test/architecture',
    ]),
    project('e2e', ['<rootDir>/test/e2e']),
    project('apps', ['<rootDir>/test/apps']),
    project('chaos', ['<rootDir>/test/chaos']),
  ],
};
