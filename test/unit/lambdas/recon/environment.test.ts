import { describe, expect, test } from '@jest/globals';
import { argv, express, planOf, SERVER } from './plan-of.ts';

const variables = async (files: Parameters<typeof express>[1], manifest: object = {}) =>
  (await planOf(express(manifest, files))).environment.value;
const optional = (name: string, secret = false) => ({ name, required: false, secret });
const required = (name: string, secret = false) => ({ name, required: true, secret });

describe('environment variables of an example file', () => {
  test('are required without a value and secret by name', async () => {
    const example = `# Shop
NODE_ENV=production
PORT=3000
API_TOKEN=
STRIPE_SECRET_KEY=sk_xxx
SESSION_SECRET=changeme
MAIL_FROM="shop@example.com"
LOG_LEVEL=info # or debug
SUPPORT_URL=<your support page>
VITE_PUBLIC_KEY=abc
# optional
SENTRY_DSN=
export REGION=eu
`;
    expect(await variables({ '.env.example': example })).toEqual([
      required('API_TOKEN', true),
      optional('LOG_LEVEL'),
      optional('MAIL_FROM'),
      optional('REGION'),
      optional('SENTRY_DSN', true),
      required('SESSION_SECRET', true),
      required('STRIPE_SECRET_KEY', true),
      required('SUPPORT_URL'),
      optional('VITE_PUBLIC_KEY'),
    ]);
  });

  test.each(['.env.sample', '.env.template', '.env.dist'])('are read from %s', async (file) => {
    expect(await variables({ [file]: 'API_TOKEN=\n' })).toEqual([required('API_TOKEN', true)]);
  });

  test('carry their line as evidence and never their value', async () => {
    const plan = await planOf(express({}, { '.env.example': 'A=1\nB_PASSWORD=hunter2\n' }));
    expect(plan.environment.evidence).toContainEqual({
      file: '.env.example',
      line: 2,
      note: 'B_PASSWORD with an example value',
    });
    expect(JSON.stringify(plan)).not.toContain('hunter2');
  });

  test('leave out what HiveMind gives with a database', async () => {
    expect(
      await variables({ '.env.example': 'DATABASE_URL=postgres://localhost/shop\nPGHOST=\nHIVEMIND_X=\n' }),
    ).toEqual([]);
  });

  test('keep an address that HiveMind does not give', async () => {
    expect(await variables({ '.env.example': 'DATABASE_URL=mysql://user:pw@localhost/shop\n' })).toEqual([
      optional('DATABASE_URL', true),
    ]);
  });
});

describe('environment variables of the sources', () => {
  const withSource = (source: string) =>
    variables({ 'server.js': `${source}\nrequire('http').createServer().listen(process.env.PORT);\n` });

  test.each([
    ["if (!process.env.API_TOKEN) throw new Error('API_TOKEN is missing');"],
    ["if (!process.env.API_TOKEN) {\n  console.error('set API_TOKEN');\n  process.exit(1);\n}"],
    ["const token = process.env.API_TOKEN;\nif (!token) {\n  throw new Error('missing');\n}"],
    ["const token = process.env.API_TOKEN ?? fail('API_TOKEN');"],
    ['assert(process.env.API_TOKEN);'],
    ["const { requireEnv } = require('./env');\nconst token = requireEnv('API_TOKEN');"],
    [
      "const requiredVariables = ['API_TOKEN'];\nfor (const name of requiredVariables) if (!process.env[name]) process.exit(1);",
    ],
    ['const env = z.object({\n  API_TOKEN: z.string().min(1),\n}).parse(process.env);'],
    ['const env = cleanEnv(process.env, {\n  API_TOKEN: str(),\n});'],
  ])('are required where the program ends without them: %j', async (source) => {
    expect(await withSource(source)).toEqual([required('API_TOKEN', true)]);
  });

  test.each([
    ["const token = process.env.API_TOKEN ?? 'none';"],
    ["const token = process.env['API_TOKEN'];"],
    ['const { API_TOKEN } = process.env;'],
    ["if (!process.env.API_TOKEN) console.warn('no token');\nif (broken) throw new Error('broken');"],
    ['const anonymous = !process.env.API_TOKEN;\nif (broken) {\n  throw new Error();\n}'],
    [
      "if (!process.env.API_TOKEN) {\n  console.warn('no token');\n}\nprocess.on('SIGINT', () => process.exit(0));",
    ],
    ['const env = z.object({\n  API_TOKEN: z.string().optional(),\n}).parse(process.env);'],
    ["const env = cleanEnv(process.env, {\n  API_TOKEN: str({ default: 'x' }),\n});"],
  ])('are optional otherwise: %j', async (source) => {
    expect(await withSource(source)).toEqual([optional('API_TOKEN', true)]);
  });

  test('are those of every process', async () => {
    const files = {
      Procfile: 'web: node server.js\nworker: node worker.js\n',
      'worker.js': 'send(process.env.MAIL_HOST);',
    };
    expect(await variables(files)).toEqual([optional('MAIL_HOST')]);
  });

  test('are required in Python where a missing one raises', async () => {
    const app =
      "import os\nfrom http.server import HTTPServer\nKEY = os.environ['API_KEY']\nNAME = os.getenv('SHOP_NAME', 'x')\nHTTPServer(('', int(os.environ['PORT'])), H)\n";
    expect((await planOf({ 'app.py': app })).environment.value).toEqual([
      required('API_KEY', true),
      optional('SHOP_NAME'),
    ]);
  });
});

describe('app.json', () => {
  test('names variables with and without values', async () => {
    const manifest = {
      env: {
        API_TOKEN: { description: 'a token' },
        SESSION_KEY: { generator: 'secret' },
        REGION: { value: 'eu' },
        NOTE: { required: false },
        'not a name': {},
        BROKEN: 5,
      },
      formation: { web: { quantity: 1 } },
    };
    expect(await variables({ 'app.json': manifest })).toEqual([
      required('API_TOKEN', true),
      optional('BROKEN'),
      optional('NOTE'),
      optional('REGION'),
      optional('SESSION_KEY', true),
    ]);
  });
});

describe('container files', () => {
  test('agree with the start script and name the health path', async () => {
    const dockerfile = `FROM node:22-alpine AS build
RUN npm ci
FROM node:22-alpine
EXPOSE 3000
HEALTHCHECK --interval=5s \\
  CMD wget -qO- http://localhost:3000/internal/ok || exit 1
CMD ["node", "server.js"]
`;
    const plan = await planOf(express({}, { Dockerfile: dockerfile }));
    expect(plan.runtimeVersion).toMatchObject({ value: '22', evidence: [{ file: 'Dockerfile', line: 1 }] });
    expect(plan.processes.evidence.map(({ file }) => file)).toContain('Dockerfile');
    expect(plan.runtime.confidence).toBe(0.99);
  });

  test('give the health path where the sources name none', async () => {
    const dockerfile =
      'FROM node:22\nHEALTHCHECK CMD curl -f http://localhost:3000/internal/ok\nCMD npm start\n';
    const plan = await planOf({
      'package.json': { scripts: { start: 'node server.js' } },
      'server.js': "require('./gone').listen(process.env.PORT)",
      Dockerfile: dockerfile,
    });
    expect(plan.healthCheckPath).toMatchObject({
      value: '/internal/ok',
      evidence: [{ file: 'Dockerfile', line: 2 }],
    });
  });

  test('start the program when nothing else does', async () => {
    const plan = await planOf({
      'package.json': { dependencies: { express: '5' } },
      'src/boot.js': SERVER,
      Dockerfile: 'FROM node:22\nCMD ["node", "src/boot.js"]\n',
    });
    expect(plan.processes.value[0]).toEqual({
      name: 'web',
      command: argv('node src/boot.js'),
      exposed: true,
    });
    expect(plan.processes.confidence).toBeLessThan(0.8);
  });
});
