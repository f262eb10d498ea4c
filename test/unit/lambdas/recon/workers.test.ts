import { describe, expect, test } from '@jest/globals';
import { planConfidence } from '../../../../src/domain/plan.ts';
import { argv, type Files, planOf, SERVER } from './plan-of.ts';

const start = (line: string, dependencies: Record<string, string> = {}) => ({
  scripts: { start: line },
  dependencies,
});

describe('processes without a port', () => {
  test.each<[string, Files]>([
    [
      'a timer',
      {
        'package.json': start('node worker.js'),
        'worker.js': "import { work } from './lib/work.js';\nsetInterval(work, 1000);\n",
        'lib/work.js': 'export const work = () => {};',
      },
    ],
    [
      'a queue',
      {
        'package.json': start('node index.js', { bullmq: '5' }),
        'index.js': "const { Worker } = require('bullmq');\nnew Worker('mail', send);\n",
      },
    ],
    [
      'a chat bot',
      {
        'package.json': start('node bot.js', { 'discord.js': '14' }),
        'bot.js':
          "const { Client } = require('discord.js');\nconst client = new Client();\nclient.login(process.env.TOKEN);\n",
      },
    ],
    [
      'a client of another server',
      {
        'package.json': start('node watch.js', { ws: '8' }),
        'watch.js':
          "import WebSocket from 'ws';\nconst socket = new WebSocket('wss://exchange.example');\nsocket.on('message', print);\n",
      },
    ],
    [
      'a script of the name worker',
      {
        'package.json': { scripts: { worker: 'node src/queue.js' } },
        'src/queue.js': 'while (true) await next();',
      },
    ],
    [
      'TypeScript that is compiled',
      {
        'package.json': { scripts: { build: 'tsc', start: 'node dist/worker.js' } },
        'src/worker.ts': "import { queue } from './queue';\nfor await (const job of queue) run(job);\n",
        'src/queue.ts': 'export const queue = [];',
      },
    ],
  ])('are recognised by %s', async (_, files) => {
    const plan = await planOf(files);
    expect(plan.processes.value.map(({ name, exposed }) => ({ name, exposed }))).toEqual([
      { name: 'worker', exposed: false },
    ]);
    expect(plan.processes.evidence.some(({ note }) => note.startsWith('no call that opens a port in '))).toBe(
      true,
    );
    expect(plan.webSocket.value).toBe(false);
    expect(planConfidence(plan)).toBeGreaterThanOrEqual(0.8);
  });

  test.each<[string, Files]>([
    [
      'listens two imports away',
      {
        'package.json': start('node worker.js'),
        'worker.js': "require('./a');",
        'a.js': "require('./b');",
        'b.js': SERVER,
      },
    ],
    [
      'imports what cannot be followed',
      {
        'package.json': start('node worker.js'),
        'worker.js': 'for (const name of plugins) require(name);\nsetInterval(work, 1);',
      },
    ],
    [
      'imports a file that is not there',
      {
        'package.json': start('node worker.js'),
        'worker.js': "require('./generated/server');\nsetInterval(work, 1);",
      },
    ],
    [
      'asks for a port',
      {
        'package.json': start('node worker.js', { probot: '13' }),
        'worker.js': "require('probot').run(app, { port: process.env.PORT });",
      },
    ],
    [
      'imports a web framework',
      {
        'package.json': start('node worker.js', { express: '5' }),
        'worker.js': "const app = require('express')();\nsetInterval(work, 1);\nrequire('start')(app);",
      },
    ],
    ['is a package of its own', { 'package.json': start('node-red', { 'node-red': '4' }) }],
    ['starts what is built elsewhere', { 'package.json': start('node out/main.js') }],
  ])('are not assumed when the program %s', async (_, files) => {
    const plan = await planOf(files);
    expect(plan.processes.value[0]).toMatchObject({ name: 'web', exposed: true });
  });

  test('count as web processes when a Procfile says so', async () => {
    const plan = await planOf({ Procfile: 'web: node worker.js\n', 'worker.js': 'setInterval(work, 1);' });
    expect(plan.processes.value).toEqual([{ name: 'web', command: argv('node worker.js'), exposed: true }]);
  });
});

describe('the port of a web process', () => {
  test('is doubted when the program never reads PORT', async () => {
    const plan = await planOf({
      'package.json': start('node server.js'),
      'server.js': SERVER.replace('process.env.PORT ?? 3000', '3000'),
    });
    expect(plan.processes.confidence).toBe(0.65);
    expect(plan.processes.evidence[0]).toMatchObject({
      file: 'server.js',
      line: 2,
      note: 'PORT is never read: listens on 3000',
    });
  });

  test('is not doubted when not all of the program can be read', async () => {
    const plan = await planOf({
      'package.json': start('node server.js'),
      'server.js': "require('./gone');\napp.listen(3000);",
    });
    expect(plan.processes.confidence).toBeGreaterThanOrEqual(0.8);
  });

  test('does not count in a comment', async () => {
    const plan = await planOf({
      'package.json': start('node server.js'),
      'server.js': '// PORT comes later\napp.listen(8080);',
    });
    expect(plan.processes.confidence).toBe(0.65);
  });
});

describe('WebSocket', () => {
  const listens = 'server.listen(process.env.PORT);\n';

  test.each<[string, Record<string, string>, string]>([
    [
      'ws',
      { ws: '8' },
      `import { WebSocketServer } from 'ws';\nnew WebSocketServer({ server });\n${listens}`,
    ],
    [
      'socket.io',
      { 'socket.io': '4' },
      `const { Server } = require('socket.io');\nnew Server(server);\n${listens}`,
    ],
    [
      '@fastify/websocket',
      { fastify: '5', '@fastify/websocket': '11' },
      `import websocket from '@fastify/websocket';\napp.register(websocket);\n${listens}`,
    ],
    [
      'websocket',
      { websocket: '1' },
      `const { server: WebSocketServer } = require('websocket');\n${listens}`,
    ],
    ['a handler of upgrades', {}, `server.on('upgrade', handshake);\n${listens}`],
  ])('is spoken with %s', async (_, dependencies, source) => {
    const plan = await planOf({ 'package.json': start('node chat.js', dependencies), 'chat.js': source });
    expect(plan.webSocket.value).toBe(true);
    expect(plan.webSocket.confidence).toBeGreaterThanOrEqual(0.8);
  });

  test('is not spoken by a web process that is a client', async () => {
    const source = `import WebSocket from 'ws';\nnew WebSocket('wss://exchange.example');\n${listens}`;
    const plan = await planOf({ 'package.json': start('node feed.js', { ws: '8' }), 'feed.js': source });
    expect(plan.webSocket.value).toBe(false);
  });

  test('is not spoken by a plain server', async () => {
    const plan = await planOf({ 'package.json': start('node server.js'), 'server.js': SERVER });
    expect(plan.webSocket).toMatchObject({ value: false, confidence: 0.93 });
  });
});
