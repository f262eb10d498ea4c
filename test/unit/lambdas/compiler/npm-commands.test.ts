import { expect, test } from '@jest/globals';
import { needsNpm } from '../../../../lambdas/compiler/npm-commands.ts';
import type { Command } from '../../../../src/domain/plan.ts';
import { plan } from '../../../fixtures/cli/documents.ts';

const fact = <T>(value: T) => ({ value, confidence: 1, evidence: [] });
const shell = (line: string): Command => ({ kind: 'shell', line });

const planWith = (command: Command, migrations: Command | null = null) => ({
  ...plan(),
  processes: fact([{ name: 'web', command, exposed: true }]),
  migrations: fact(migrations),
});

test.each([
  'npm start',
  'NODE_ENV=production npm run serve',
  'cd server && npx next start',
  'exec npm start; true',
  'sh -c "npm start"',
  'concurrently npm:web npm:worker',
  'run-p web worker',
])('`%s` needs npm', (line) => {
  expect(needsNpm(planWith(shell(line)))).toBe(true);
});

test.each([
  'node server.js',
  'node npm.js',
  './npm/start',
  'pnpm start',
  'npm-check',
  'node --title=npm server.js',
])('`%s` needs none', (line) => {
  expect(needsNpm(planWith(shell(line)))).toBe(false);
});

test('a command without a shell, and the migrations, count too', () => {
  const start: Command = { kind: 'argv', argv: ['node', 'server.js', 'npm'] };
  const files: Command = { kind: 'serve', directory: 'dist', fallback: null };
  expect(needsNpm(planWith(start))).toBe(false);
  expect(needsNpm(planWith(files))).toBe(false);
  expect(needsNpm(planWith({ kind: 'argv', argv: ['npm', 'start'] }))).toBe(true);
  expect(needsNpm(planWith(start, shell('npm run migrate')))).toBe(true);
});
