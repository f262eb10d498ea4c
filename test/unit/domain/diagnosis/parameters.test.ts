import { describe, expect, test } from '@jest/globals';
import { diagnose } from '../../../../src/domain/diagnosis/diagnose.ts';
import type { Phase } from '../../../../src/domain/diagnosis/signature.ts';

const ROLE = 'arn:aws:iam::111122223333:role/shop-task';

const NAMED: readonly (readonly [Phase, string, Readonly<Record<string, string | number>>])[] = [
  ['recon', 'git-lfs filter-process: 1: git-lfs: not found', { reason: 'missing git-lfs' }],
  [
    'recon',
    'Error downloading object: media/intro.mp4 (0a1b2c3): Smudge error: Error downloading media/intro.mp4',
    { file: 'media/intro.mp4' },
  ],
  ['recon', "fatal: Authentication failed for 'https://git.acme.example/shop.git/'", { method: 'https' }],
  [
    'compile',
    'ERROR: Cannot install -r requirements.txt (line 4) and idna==2.10 because these package versions have conflicting dependencies.\nThe conflict is caused by:\n    The user requested idna==2.10\n    httpx 0.27.0 depends on idna>=3',
    { tool: 'pip', package: 'idna' },
  ],
  [
    'compile',
    'creating pip-egg-info/psycopg2.egg-info\nError: pg_config executable not found.',
    { missing: 'libpq-dev', package: 'psycopg2' },
  ],
  ['compile', '--- FAIL: TestTotal (0.00s)\nFAIL\tgithub.com/acme/billing\t0.412s', { tool: 'go test' }],
  [
    'compile',
    'error: failed to select a version for the requirement `tinylog = "^2.9"`\ncandidate versions found which didn\'t match: 2.4.0',
    { package: 'tinylog', version: '^2.9' },
  ],
  ['compile', "start.sh: line 2: $'\\r': command not found", { file: 'start.sh' }],
  [
    'deploy',
    'consumer: Cannot connect to amqp://guest:**@10.0.0.5:5672//: [Errno 111] Connection refused.',
    { service: 'rabbitmq', port: 5672 },
  ],
  [
    'deploy',
    'The stream or file "/srv/shop/storage/logs/shop.log" could not be opened in append mode: failed to open stream: Permission denied',
    { path: '/srv/shop/storage/logs/shop.log' },
  ],
  [
    'deploy',
    'shop.service: Main process exited, code=exited, status=226/NAMESPACE',
    { unit: 'shop.service', status: '226/NAMESPACE' },
  ],
  [
    'deploy',
    `User: arn:aws:sts::111122223333:assumed-role/ci/run is not authorized to perform: iam:PassRole on resource: ${ROLE} because no identity-based policy allows the iam:PassRole action`,
    { action: 'iam:PassRole', resource: ROLE },
  ],
  [
    'deploy',
    'ResourceInitializationError: unable to pull secrets or registry auth: Post "https://api.ecr.eu-west-1.amazonaws.com/": dial tcp 10.0.0.9:443: i/o timeout',
    { host: 'api.ecr.eu-west-1.amazonaws.com' },
  ],
  [
    'provision',
    'Before you can proceed, you must enable a service-linked role to give Amazon ES permissions to access your VPC.',
    { service: 'es.amazonaws.com' },
  ],
  [
    'provision',
    'operation error ECS: RegisterTaskDefinition, exceeded maximum number of attempts, 3, https response error StatusCode: 400, api error ThrottlingException: Rate exceeded',
    { service: 'ECS' },
  ],
  [
    'secure',
    'DNS problem: NXDOMAIN looking up A for shop.acme.example - check that a DNS record exists',
    { name: 'shop.acme.example', type: 'A' },
  ],
];

describe('a parameter', () => {
  test.each(NAMED)('in %s is taken from "%s"', (phase, log, expected) => {
    expect(diagnose({ log, phase }).parameters).toMatchObject(expected);
  });
});

describe('what npm says of a script', () => {
  const crash =
    "TypeError: Cannot read property 'sum' of undefined\n    at total (/srv/shop/cart.js:8:7)\nnpm ERR! code ELIFECYCLE\nnpm ERR! errno 1\n";

  test('leaves the error of an application to the application', () => {
    const log = `${crash}npm ERR! shop@1.0.0 start: \`node cart.js\`\nnpm ERR! Exit status 1`;
    expect(diagnose({ log, phase: 'deploy' }).cause).toBe('app_code_exception');
  });

  test('takes the error of a package that installs itself for none of it', () => {
    const log = `${crash}npm ERR! addon@1.0.0 postinstall: \`node cart.js\`\nnpm ERR! Exit status 1`;
    expect(diagnose({ log, phase: 'deploy' }).cause).toBe('unknown');
  });
});

test('a change set without changes is a failure when the log names another reason', () => {
  const log =
    "ERROR: The submitted information didn't contain changes.\nERROR: the hook before the upload broke off";
  expect(diagnose({ log, phase: 'provision' }).cause).toBe('unknown');
});
