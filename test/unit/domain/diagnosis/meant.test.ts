import { describe, expect, test } from '@jest/globals';
import { diagnose } from '../../../../src/domain/diagnosis/diagnose.ts';
import type { Phase } from '../../../../src/domain/diagnosis/signature.ts';

/** Logs that look as if their cause were only mentioned, was overcome, or belonged to something else. */
const MEANT: Readonly<Record<string, readonly [Phase, string, string]>> = {
  'a test that failed for want of a database': [
    'compile',
    '--- FAIL: TestStore (0.00s)\n    store_test.go:12: dial tcp 127.0.0.1:5432: connect: connection refused\nFAIL',
    'tests_failed',
  ],
  'a test that failed for want of a table': [
    'compile',
    '--- FAIL: TestMigrations (0.00s)\n    db.go:1: pq: relation "users" does not exist\nFAIL',
    'tests_failed',
  ],
  'a variable, beside a database that came up': [
    'verify',
    'app-1 | Error: Missing required environment variable: JWT_SECRET\ndb-1 | LOG:  database system is ready to accept connections\napp-1 exited with code 1\nError: container app-1 exited (1)',
    'missing_env_var',
  ],
  'a variable, before a server of another process': [
    'verify',
    'Error: Environment variable not found: JWT_SECRET\nweb | Server listening on port 8080\nweb | Error: connect ECONNREFUSED 127.0.0.1:5432',
    'missing_env_var',
  ],
  'a password, beside another service that came up': [
    'verify',
    'app | Error: password authentication failed for user "app"\nredis | Ready to accept connections tcp\napp exited with code 1\nError: dependency failed to start: container app exited',
    'db_auth_failed',
  ],
  'no memory, before another start': [
    'verify',
    "Out of memory: Killed process 812 (node) total-vm:1200kB\nsystemd[1]: app.service: Scheduled restart job\nServer listening on port 3000\nError: health check failed 3 times\napp.service: Failed with result 'timeout'",
    'oom_killed_runtime',
  ],
  'no memory, on a machine that stalls': [
    'verify',
    'INFO: task jbd2/sda1-8:300 blocked for more than 120 seconds.\n"echo 0 > /proc/sys/kernel/hung_task_timeout_secs" disables this message.\nOut of memory: Killed process 812 (node) total-vm:1200kB',
    'oom_killed_runtime',
  ],
  'a database, when another service was reached': [
    'verify',
    'Error: connect ECONNREFUSED 10.0.1.5:5432\nConnected to Redis\nStartup failed: database is not reachable\nnpm error code 1',
    'db_connection_refused',
  ],
  'a port that another one was taken for': [
    'verify',
    ' ⚠ Port 3000 is in use, using available port 3001 instead.\n   - Local: http://localhost:3001\n ✓ Ready in 1200ms\nhealth check http://10.0.0.4:3000/ failed: connection refused',
    'port_in_use',
  ],
  'a full disk that a cache did without': [
    'compile',
    'Could not write webpack cache, skipping: ENOSPC: no space left on device, write\n> Building\nError: write failed\nexit code 1',
    'disk_full',
  ],
  'records that are all of one level': [
    'compile',
    '{"level":"info","msg":"[stderr] Error: Cannot find module \'express\'"}\n{"level":"info","msg":"child exited with code 1"}',
    'missing_dependency',
  ],
  'an error behind many attempts': [
    'verify',
    `${'{"level":"info","message":"attempt: connect ECONNREFUSED 127.0.0.1:5432"}\n'.repeat(6)}{"level":"error","message":"connect ECONNREFUSED 127.0.0.1:5432, giving up"}`,
    'db_connection_refused',
  ],
  'a program whose name begins the line': [
    'deploy',
    'perf: error while loading shared libraries: libssl.so.1.1: cannot open shared object file: No such file or directory',
    'missing_system_package',
  ],
  'a step of a builder that looks like the title of a test': [
    'compile',
    '✗ Build failed: [vite]: Rollup failed to resolve import "lodash" from "src/a.ts" (230 ms)',
    'missing_dependency',
  ],
  'memory of a build whose tool only supposes it': [
    'compile',
    'Gradle build daemon disappeared unexpectedly (it may have been killed or may have crashed)\njava invoked oom-killer: gfp_mask=0x100cca\noom-kill:constraint=CONSTRAINT_MEMCG\nexit code: 137',
    'build_out_of_memory',
  ],
  'a folder that has the name of something else': [
    'deploy',
    "Error: EACCES: permission denied, mkdir '/app/sandbox/cache'",
    'file_permission_denied',
  ],
};

describe('a cause is found in', () => {
  test.each(Object.entries(MEANT))('%s', (_, [phase, log, cause]) => {
    expect(diagnose({ log, phase })).toMatchObject({ cause });
  });
});
