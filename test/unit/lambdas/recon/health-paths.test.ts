import { describe, expect, test } from '@jest/globals';
import { express, type Files, planOf, SERVER } from './plan-of.ts';

const health = async (files: Files, manifest: object = {}) =>
  (await planOf(express(manifest, files))).healthCheckPath;
const start = "const app = require('express')();\n";
const listen = 'app.listen(process.env.PORT);\n';

describe('health check paths', () => {
  test.each([
    ["app.get('/health', ok);", '/health'],
    ['app.get("/healthz", ok);', '/healthz'],
    ["app.get('/api/health', ok);", '/api/health'],
    ["app.get('/ready', ok);", '/ready'],
    ["app.get('/ping', ok);", '/ping'],
    ["app.get('/status', ok);", '/status'],
    ["app.use('/health', ok);", '/health'],
    ["app.route('/health').get(ok);", '/health'],
    ["app.route({ method: 'GET', url: '/health', handler: ok });", '/health'],
    ["if (request.url === '/health') return ok();", '/health'],
    ["switch (pathname) { case '/healthz': return ok(); }", '/healthz'],
    ["const routes = {\n  '/health': ok,\n};", '/health'],
    ["app.get('/ping', ok);\napp.get('/health', ok);", '/health'],
  ])('come from %j', async (source, path) => {
    const fact = await health({ 'server.js': `${start}${source}\n${listen}` });
    expect(fact).toMatchObject({ value: path, confidence: 0.93 });
    expect(fact.evidence[0]).toMatchObject({ file: 'server.js' });
    expect(fact.evidence[0]?.line).toBeGreaterThan(1);
  });

  test('include the prefix under which a router is mounted', async () => {
    const files = {
      'server.js': `${start}const routes = require('./routes');\napp.use('/api/v1', routes);\n${listen}`,
      'routes/index.js':
        "const router = require('express').Router();\nconst health = require('./health');\nrouter.use('/system', health);\nmodule.exports = router;\n",
      'routes/health.js':
        "const router = require('express').Router();\nrouter.get('/health', ok);\nmodule.exports = router;\n",
    };
    expect(await health(files)).toMatchObject({
      value: '/api/v1/system/health',
      evidence: [{ file: 'routes/health.js', line: 2 }],
    });
  });

  test('include the prefix of a Fastify plugin', async () => {
    const files = {
      'server.js':
        "import routes from './routes.js';\nconst app = require('fastify')();\napp.register(routes, { prefix: '/api' });\napp.listen({ port: process.env.PORT });\n",
      'routes.js': "export default async function (fastify) {\n  fastify.get('/health', ok);\n}\n",
    };
    expect((await health(files)).value).toBe('/api/health');
  });

  test('include the prefix of a router in the same file', async () => {
    const source = `${start}const router = Router();\nrouter.get('/health', ok);\napp.use('/api', router);\n${listen}`;
    expect((await health({ 'server.js': source })).value).toBe('/api/health');
  });

  test('are not taken from a router that is mounted nowhere in sight', async () => {
    const files = {
      'server.js': `${start}load('./routes');\nrequire('./routes/health');\n${listen}`,
      'routes/health.js': "const router = Router();\nrouter.get('/health', ok);\n",
    };
    expect((await health(files)).value).toBe('/');
  });

  test('are not taken from calls of other servers', async () => {
    expect((await health({ 'server.js': `${start}axios.get('/health');\n${listen}` })).value).toBe('/');
  });

  test('are not taken from pages that only end in such a name', async () => {
    const source = `${start}app.get('/', ok);\napp.get('/orders/status', ok);\n${listen}`;
    expect((await health({ 'server.js': source })).value).toBe('/');
  });

  test('are not taken from routes with parameters', async () => {
    expect((await health({ 'server.js': `${start}app.get('/:shop/health', ok);\n${listen}` })).value).toBe(
      '/',
    );
  });

  test.each([
    ["app.get('/', ok);", 0.93],
    ["app.use(express.static('public'));", 0.93],
    ['', 0.82],
    ["app.get('/orders/:id', ok);\napp.get('/logout', ok);", 0.65],
  ])('are / with more or less confidence for %j', async (source, confidence) => {
    expect(await health({ 'server.js': `${start}${source}\n${listen}` })).toMatchObject({
      value: '/',
      confidence,
    });
  });

  test('are the shortest harmless route when / has none', async () => {
    const source = `${start}app.get('/api/orders/open', ok);\napp.get('/api/orders', ok);\napp.get('/login', ok);\napp.post('/a', ok);\n${listen}`;
    expect(await health({ 'server.js': source })).toMatchObject({ value: '/api/orders', confidence: 0.65 });
  });

  test('are / for a server that answers every path', async () => {
    expect(await health({ 'server.js': SERVER })).toMatchObject({ value: '/', confidence: 0.93 });
  });
});
