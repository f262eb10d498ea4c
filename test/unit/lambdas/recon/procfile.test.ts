import { describe, expect, test } from '@jest/globals';
import { planConfidence } from '../../../../src/domain/plan.ts';
import { argv, EXPRESS, type Files, planOf, refusalOf, SERVER, shell } from './plan-of.ts';

const node: Files = {
  'package.json': { scripts: { start: 'node server.js' }, dependencies: { express: '5' } },
  'server.js': EXPRESS,
};

describe('a Procfile', () => {
  test('names web, release and further processes', async () => {
    const plan = await planOf({
      ...node,
      Procfile:
        '# processes\n\nweb: node server.js\nrelease: node migrate.js\nworker: node worker.js --queue mail\nclock:node clock.js\n',
    });
    expect(plan.processes.value).toEqual([
      { name: 'web', command: argv('node server.js'), exposed: true },
      { name: 'worker', command: argv('node worker.js --queue mail'), exposed: false },
      { name: 'clock', command: argv('node clock.js'), exposed: false },
    ]);
    expect(plan.migrations).toMatchObject({
      value: argv('node migrate.js'),
      evidence: [{ file: 'Procfile', line: 4 }],
    });
    expect(plan.processes.confidence).toBeGreaterThanOrEqual(0.8);
  });

  test.each([
    ['web: node server.js', argv('node server.js')],
    ['web:node server.js', argv('node server.js')],
    ['web :\tnode server.js  ', argv('node server.js')],
    ['web: npm start', argv('node server.js')],
    ['web: yarn start', argv('node server.js')],
    ['web: node server.js --port $PORT', shell('node server.js --port $PORT')],
    [
      'web: NODE_OPTIONS=--no-deprecation node server.js',
      shell('NODE_OPTIONS=--no-deprecation node server.js'),
    ],
    ['\ufeffweb: node server.js\r\n', argv('node server.js')],
  ])('reads %j', async (text, command) => {
    const plan = await planOf({ ...node, Procfile: text });
    expect(plan.processes.value[0]).toEqual({ name: 'web', command, exposed: true });
  });

  test('goes before the start script', async () => {
    const plan = await planOf({ ...node, 'other.js': SERVER, Procfile: 'web: node other.js\n' });
    expect(plan.processes.value[0]?.command).toEqual(argv('node other.js'));
  });

  test('leaves the web process to package.json when it has none', async () => {
    const plan = await planOf({ ...node, Procfile: 'worker: node worker.js\n' });
    expect(plan.processes.value.map(({ name }) => name)).toEqual(['web', 'worker']);
  });

  test('makes its first process the main one when nothing else starts', async () => {
    const plan = await planOf({
      Procfile: 'worker: node queue.js\n',
      'package.json': {},
      'queue.js': 'setInterval(work, 1000);',
    });
    expect(plan.processes.value).toEqual([
      { name: 'worker', command: argv('node queue.js'), exposed: false },
    ]);
    expect(planConfidence(plan)).toBeGreaterThanOrEqual(0.8);
  });

  test('has no second process for a worker that start also names', async () => {
    const files = {
      Procfile: 'bot: npm start\n',
      'package.json': { scripts: { start: 'node bot.js' } },
      'bot.js': 'client.login(token)',
    };
    expect((await planOf(files)).processes.value).toEqual([
      { name: 'bot', command: argv('node bot.js'), exposed: false },
    ]);
  });

  test('runs without any manifest', async () => {
    const plan = await planOf({ Procfile: 'web: node app.js\n', 'app.js': SERVER });
    expect(plan.runtime.value).toBe('node');
    expect(plan.packageManager.value).toBeNull();
  });

  test('ignores lines that name no process', async () => {
    const plan = await planOf({
      ...node,
      Procfile: `just text\n: x\nweb:\n__proto__: node x.js\n${'a'.repeat(50)}: node y.js\n`,
    });
    expect(plan.processes.value.map(({ name }) => name)).toEqual(['web']);
  });

  test('fails with the language of a command that cannot run', async () => {
    const error = await refusalOf({
      Procfile: 'web: bundle exec puma -p $PORT\n',
      Gemfile: '',
      'package.json': { scripts: { start: 'node x' } },
    });
    expect(error.code).toBe('UnsupportedApplication');
    expect(error.message).toContain('Ruby application (Procfile:1');
  });

  test('fails with the language of a compiled program', async () => {
    const error = await refusalOf({
      Procfile: 'web: ./bin/shop\n',
      'go.mod': 'module shop\n',
      'main.go': 'package main',
    });
    expect(error.message).toContain('Go application');
  });
});
