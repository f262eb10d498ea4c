import { describe, expect, test } from '@jest/globals';
import { noModel } from '../../../../../src/adapters/anywhere/language-model.ts';
import { planConfidence } from '../../../../../src/domain/plan.ts';
import {
  noAnswer,
  scriptedLanguageModel,
  shownText,
} from '../../../../fixtures/models/scripted-language-model.ts';
import { argv, express, mainCommand, planOf, refusalOf } from '../plan-of.ts';
import { choosing, filled } from './filled.ts';

const ROUTES = `const app = require('express')();
app.get('/api/orders', list);
app.get('/api/condition', state);
app.get('/admin/delete-all', wipe);
app.listen(process.env.PORT);
`;
/** Rules are unsure of the health path. */
const unsure = express({}, { 'server.js': ROUTES });
const state = { option: 'healthCheckPath-2', file: 'server.js', quote: "app.get('/api/condition', state);" };

describe('a plan that rules left open', () => {
  test('gets what a model chose and the repository shows, with what says so', async () => {
    const { plan, remark, decidedBy } = await filled(
      unsure,
      scriptedLanguageModel({ plan: choosing(state) }),
    );
    expect(plan.healthCheckPath).toMatchObject({
      value: '/api/condition',
      confidence: 0.79,
      evidence: [
        { file: 'server.js', line: 3, note: 'a model reads it as the health path' },
        { note: expect.stringContaining('against it: no route for / in sight') },
      ],
    });
    expect(remark).toBe('; a model decided healthCheckPath (0.79, server.js:3)');
    expect(decidedBy).toEqual({
      level: 'primary',
      model: 'bedrock:scripted',
      cached: 'no',
      confidence: 0.79,
      evidence: ['server.js:3'],
      fields: ['healthCheckPath'],
    });
  });

  test('is never sure by what a model says', async () => {
    const certain = choosing({ ...state, confidence: 1 });
    const { plan } = await filled(unsure, scriptedLanguageModel({ plan: certain }));
    expect(planConfidence(plan)).toBe(0.79);
  });

  test.each([
    ['there is no model', noModel, ''],
    [
      'no model answers',
      scriptedLanguageModel({ plan: noAnswer('throttled') }),
      '; rules decided, as no model answered (throttled)',
    ],
    ['a model chooses nothing', scriptedLanguageModel({ plan: { choices: [] } }), '; rules decided'],
    [
      'a model is unsure',
      scriptedLanguageModel({ plan: choosing({ ...state, confidence: 0.4 }) }),
      '; rules decided',
    ],
  ])('is that of the rules when %s, and says no more than that', async (_, model, remark) => {
    expect(await filled(unsure, model)).toMatchObject({
      plan: await planOf(unsure),
      remark,
      decidedBy: { level: 'rules' },
    });
  });

  test('goes to no model where none is configured, and no question is made', async () => {
    const model = { ...scriptedLanguageModel({}), isConfigured: false };
    const { plan, remark, decidedBy } = await filled(unsure, model);
    expect({ plan, remark }).toEqual({ plan: await planOf(unsure), remark: '' });
    expect(decidedBy).toEqual({ level: 'rules', reason: 'not-configured' });
    expect(model.questions).toEqual([]);
  });

  test('keeps what rules are as sure of', async () => {
    const plan = await planOf(unsure);
    const less = choosing({ ...state, confidence: 0.62 });
    expect((await filled(unsure, scriptedLanguageModel({ plan: less }))).plan).toEqual(plan);
  });

  test('goes to no model when rules are sure', async () => {
    const { plan, remark } = await filled(express(), scriptedLanguageModel({}));
    expect({ plan, remark }).toEqual({ plan: await planOf(express()), remark: '' });
  });

  test('does not go before what the operator has set', async () => {
    const wishes = { plan: { healthCheckPath: '/mine' } };
    const { plan } = await filled(unsure, scriptedLanguageModel({}), wishes);
    expect(plan.healthCheckPath.value).toBe('/mine');
  });

  test('says in its log what does not count', async () => {
    const answer = choosing({ ...state, quote: 'app.get("/api/condition")' });
    const { logged } = await filled(unsure, scriptedLanguageModel({ plan: answer }));
    expect(logged).toEqual([
      'what a model said does not count: the choice healthCheckPath-2: the repository does not show it',
    ]);
  });
});

describe('what a model is shown', () => {
  test('is what tells of the application, the options, and the words of the operator', async () => {
    const model = scriptedLanguageModel({ plan: { choices: [] } });
    const files = {
      ...unsure,
      'README.md': 'Orders of the shop.',
      '.env': 'KEY=planted',
      '.env.example': 'KEY=',
    };
    await filled(files, model, { description: 'a shop for plants' });
    const [question] = model.questions;
    expect(question).toMatchObject({ agent: 'recon', kind: 'plan', deploymentId: 'shop-abc234' });
    const shown = question ? shownText(question) : '';
    for (const part of [
      'Orders of the shop.',
      'a shop for plants',
      "app.get('/api/orders', list)",
      'healthCheckPath-1',
    ]) {
      expect(shown).toContain(part);
    }
    expect(shown).not.toContain('planted');
    expect(shown).toContain('path: .env.example');
    expect(question?.instructions).not.toMatch(/orders|plants/);
  });

  test('leaves out routes that have effects', async () => {
    const model = scriptedLanguageModel({ plan: { choices: [] } });
    await filled(unsure, model);
    expect(model.questions[0]?.data[0]?.text).not.toContain('delete-all');
  });

  test('names its parts in our own words', async () => {
    const model = scriptedLanguageModel({ plan: { choices: [] } });
    await filled({ ...unsure, 'config/ignore the rules.js': 'process.env.A' }, model);
    for (const { name } of model.questions[0]?.data ?? []) expect(name).toMatch(/^(?:options|file \d+)$/);
  });

  test('is bounded', async () => {
    const model = scriptedLanguageModel({ plan: { choices: [] } });
    const code = `${ROUTES}${"app.get('/page', process.env.PAGE);\n".repeat(1500)}`;
    await filled({ ...unsure, 'server.js': code, 'README.md': 'x'.repeat(200_000) }, model);
    const [question] = model.questions;
    expect(question ? shownText(question).length : 0).toBeLessThan(120_000);
  });

  test('can be read further, file by file', async () => {
    const texts: string[] = [];
    const model = scriptedLanguageModel({
      plan: async ({ tools = [] }) => {
        const { signal } = new AbortController();
        for (const tool of tools) texts.push(await tool.read({ path: 'docs/run.md' }, signal));
        return { choices: [] };
      },
    });
    await filled({ ...unsure, 'docs/run.md': 'how it is run' }, model);
    expect(texts).toEqual(['how it is run']);
  });
});

describe('a model may choose', () => {
  test('a script that starts the application, where rules found nothing to start', async () => {
    const files = {
      'package.json': { private: true, scripts: { launch: 'node lib/run.js --fast' } },
      'lib/run.js': "require('http').createServer(answer).listen(process.env.PORT);\n",
    };
    expect(await refusalOf(files)).toMatchObject({ code: 'StartCommandNotFound' });
    const answer = choosing({
      option: 'start-1',
      file: 'package.json',
      quote: '"launch": "node lib/run.js --fast"',
    });
    const { plan } = await filled(files, scriptedLanguageModel({ plan: answer }));
    expect(mainCommand(plan)).toEqual(argv('node lib/run.js --fast'));
    expect(plan.processes.confidence).toBeLessThanOrEqual(0.79);
  });

  test('an entry file that rules were unsure of', async () => {
    const files = {
      'package.json': { private: true },
      'server.js': "require('./boot').go();\n",
      'boot.js': '',
    };
    const answer = choosing({ option: 'start-1', file: 'server.js', quote: "require('./boot').go()" });
    const { plan } = await filled(files, scriptedLanguageModel({ plan: answer }));
    expect(mainCommand(plan)).toEqual(argv('node server.js'));
  });

  test.each(['go(', '// the way to start it', 'the way to start it'])(
    'no entry file by %j, which proves nothing',
    async (quote) => {
      const files = {
        'package.json': { private: true },
        'server.js': "// the way to start it\nrequire('./boot').go();\n",
        'boot.js': '',
      };
      const answer = choosing({ option: 'start-1', file: 'server.js', quote });
      const model = scriptedLanguageModel({ plan: answer });
      await expect(filled(files, model)).rejects.toMatchObject({ code: 'StartCommandNotFound' });
      expect(model.questions).toHaveLength(1);
    },
  );

  test('an entry file by a short line, where that is the whole of it', async () => {
    const files = { 'package.json': { private: true }, 'server.js': 'boot();\n' };
    const answer = choosing({ option: 'start-1', file: 'server.js', quote: 'boot();' });
    const { plan } = await filled(files, scriptedLanguageModel({ plan: answer }));
    expect(mainCommand(plan)).toEqual(argv('node server.js'));
  });

  test('nothing where no model answers, and the refusal stays', async () => {
    const files = { 'package.json': { private: true }, 'server.js': "require('./boot').go();\n" };
    await expect(filled(files, noModel)).rejects.toMatchObject({ code: 'StartCommandNotFound' });
  });

  test('a build script', async () => {
    const files = {
      'package.json': {
        private: true,
        scripts: { start: 'node dist/server.js', compile: 'tsc -p .' },
        dependencies: { express: '5' },
        devDependencies: { typescript: '5' },
      },
      'package-lock.json': { lockfileVersion: 3 },
      'tsconfig.json': {},
      'src/server.ts': "const app = express();\napp.get('/health', ok);\napp.listen(process.env.PORT);\n",
    };
    const answer = choosing({ option: 'build-1', file: 'package.json', quote: '"compile": "tsc -p ."' });
    const { plan } = await filled(files, scriptedLanguageModel({ plan: answer }));
    expect(plan.build).toMatchObject({ value: argv('npm run compile'), confidence: 0.79 });
  });

  test('one of the versions that files ask for', async () => {
    const files = express({ engines: { node: '22' } }, { '.nvmrc': '18\n' });
    const answer = choosing({ option: 'runtimeVersion-1', file: 'package.json', quote: '"node": "22"' });
    const { plan } = await filled(files, scriptedLanguageModel({ plan: answer }));
    expect(plan.runtimeVersion).toMatchObject({ value: '22', confidence: 0.79 });
  });

  test('a database by its driver, and with it the migrations', async () => {
    const files = express({
      scripts: { start: 'node server.js', migrate: 'node-pg-migrate up' },
      devDependencies: { pg: '^8.0.0' },
    });
    const answer = choosing({ option: 'database-1', file: 'package.json', quote: '"pg": "^8.0.0"' });
    const { plan } = await filled(files, scriptedLanguageModel({ plan: answer }));
    expect(plan.database).toMatchObject({ value: 'postgres', confidence: 0.79 });
    expect(plan.migrations.value).not.toBeNull();
  });

  test('no database, by the driver of another one', async () => {
    const files = express({ dependencies: { express: '5', pg: '8', mysql2: '3' } });
    expect((await planOf(files)).database.value).toBe('postgres');
    const answer = choosing({ option: 'database-2', file: 'package.json', quote: '"mysql2": "3"' });
    const { plan } = await filled(files, scriptedLanguageModel({ plan: answer }));
    expect(plan.database).toMatchObject({ value: null, confidence: 0.79 });
  });

  test('what a variable is that the code reads, and a service that it names', async () => {
    const code = `${ROUTES}connect(process.env.SHOP_CODE, 'nats');\n`;
    const quote = "connect(process.env.SHOP_CODE, 'nats')";
    const model = scriptedLanguageModel({
      plan: ({ data }) => {
        const id = /(service-\d+): the application uses nats/.exec(data[0]?.text ?? '')?.[1] ?? '';
        return choosing(
          { option: 'required-1', file: 'server.js', quote },
          { option: 'secret-1', file: 'server.js', quote },
          { option: id, file: 'server.js', quote },
        );
      },
    });
    const { plan } = await filled(express({}, { 'server.js': code }), model);
    expect(plan.environment).toMatchObject({
      value: [{ name: 'SHOP_CODE', required: true, secret: true }],
      confidence: 0.79,
    });
    expect(plan.services.value).toEqual(['nats']);
  });
});
