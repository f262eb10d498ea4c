import { expect, test } from '@jest/globals';
import { issuesOf, removalByHand } from '../../../src/domain/removal-advice.ts';

const QUIET = { failures: [], findings: [], restarts: 0, plan: null };

test('a quiet life has no issues', () => {
  expect(issuesOf({ ...QUIET, restarts: 1 })).toEqual([]);
});

test('the most frequent issue comes first, each with what to change', () => {
  const failure = (code: 'PortNeverOpened' | 'BuildFailed', message: string) => ({
    code,
    message,
    at: '2026-01-01T00:00:00.000Z',
  });
  const issues = issuesOf({
    ...QUIET,
    failures: [
      failure('BuildFailed', 'exit 1'),
      failure('PortNeverOpened', 'old'),
      failure('PortNeverOpened', 'port 8080 stayed closed'),
    ],
    findings: [{ control: 'HM-RUN-1', title: 'runs as root', mend: 'run it as a user' }],
    restarts: 7,
  });
  expect(issues.map(({ issue, times }) => [issue, times])).toEqual([
    ['instances ended by themselves and were started again', 7],
    ['PortNeverOpened: port 8080 stayed closed', 2],
    ['BuildFailed: exit 1', 1],
    ['HM-RUN-1: runs as root', 1],
  ]);
  expect(issues[1]?.advice).toContain('--start-timeout');
  expect(issues[3]?.advice).toBe('run it as a user');
});

test('what cannot be removed alone has no command of its own', () => {
  expect(removalByHand({ type: 'process', id: '12' }, 'local')).toBe('kill -9 12');
  expect(removalByHand({ type: 'port', id: '8100' }, 'local')).toBeNull();
  expect(removalByHand({ type: 'stack', id: 'shop-1-network' }, 'aws')).toContain('delete-stack');
});
