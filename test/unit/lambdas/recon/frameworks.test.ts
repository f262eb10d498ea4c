import { describe, expect, test } from '@jest/globals';
import { planConfidence } from '../../../../src/domain/plan.ts';
import { argv, express, type Files, planOf, refusalOf, SERVER, serve } from './plan-of.ts';

describe('libraries that answer HTTP', () => {
  test.each<[string, string, string]>([
    [
      'express',
      'express',
      "const app = require('express')();\napp.get('/', home);\napp.listen(process.env.PORT);\n",
    ],
    [
      'fastify',
      'fastify',
      "import Fastify from 'fastify';\nconst app = Fastify();\nawait app.listen({ port: process.env.PORT });\n",
    ],
    [
      'hono',
      'hono',
      "import { serve } from '@hono/node-server';\nimport { Hono } from 'hono';\nconst app = new Hono();\nserve({ fetch: app.fetch, port: Number(process.env.PORT) });\n",
    ],
    ['koa', 'koa', "import Koa from 'koa';\nnew Koa().listen(process.env.PORT || 3000);\n"],
    [
      '@hapi/hapi',
      'hapi',
      "const Hapi = require('@hapi/hapi');\nHapi.server({ port: process.env.PORT }).start();\n",
    ],
  ])('recognises %s', async (dependency, framework, source) => {
    const plan = await planOf({
      'package.json': { scripts: { start: 'node index.js' }, dependencies: { [dependency]: '*' } },
      'index.js': source,
    });
    expect(plan.framework).toMatchObject({ value: framework, confidence: 0.97 });
    expect(plan.processes.value).toEqual([{ name: 'web', command: argv('node index.js'), exposed: true }]);
    expect(planConfidence(plan)).toBeGreaterThanOrEqual(0.8);
  });

  test('names the one that is used among several', async () => {
    const plan = await planOf(express({ dependencies: { express: '5', fastify: '5' } }));
    expect(plan.framework.value).toBe('express');
  });

  test('names none for plain http', async () => {
    const plan = await planOf({
      'package.json': { scripts: { start: 'node server.js' } },
      'server.js': SERVER,
    });
    expect(plan.framework.value).toBeNull();
    expect(planConfidence(plan)).toBeGreaterThanOrEqual(0.8);
  });
});

describe('frameworks with a server of their own', () => {
  const cases: readonly [
    string,
    Files,
    { framework: string; build: string; start: string; health?: string },
  ][] = [
    [
      'Next.js',
      {
        'package.json': {
          scripts: { dev: 'next dev', build: 'next build', start: 'next start' },
          dependencies: { next: '15', react: '19' },
        },
        'app/page.tsx': 'export default () => <h1>hello</h1>;',
      },
      { framework: 'next', build: 'npm run build', start: 'next start' },
    ],
    [
      'Next.js without scripts and with a health route',
      {
        'package.json': { dependencies: { next: '15' } },
        'src/app/(public)/api/health/route.ts': 'export const GET = () => new Response();',
      },
      { framework: 'next', build: 'npx --no-install next build', start: 'next start', health: '/api/health' },
    ],
    [
      'Next.js on a fixed port',
      {
        'package.json': {
          scripts: { build: 'next build', start: 'next start -p 4000 -H 0.0.0.0' },
          dependencies: { next: '15' },
        },
      },
      { framework: 'next', build: 'npm run build', start: 'next start -H 0.0.0.0' },
    ],
    [
      'Nest',
      {
        'package.json': {
          scripts: {
            build: 'nest build',
            start: 'nest start',
            'start:dev': 'nest start --watch',
            'start:prod': 'node dist/main',
          },
          dependencies: { '@nestjs/core': '11', '@nestjs/platform-express': '11' },
        },
        'src/main.ts':
          "import { NestFactory } from '@nestjs/core';\nimport { AppModule } from './app.module';\nconst app = await NestFactory.create(AppModule);\nawait app.listen(process.env.PORT ?? 3000);\n",
        'src/app.module.ts': "import { HealthController } from './health.controller';\n",
        'src/health.controller.ts':
          "@Controller('health')\nexport class HealthController {\n  @Get()\n  check() {}\n}\n",
      },
      { framework: 'nest', build: 'npm run build', start: 'node dist/main', health: '/health' },
    ],
    [
      'Nuxt',
      {
        'package.json': { scripts: { dev: 'nuxt dev', build: 'nuxt build' }, devDependencies: { nuxt: '3' } },
        'server/api/health.get.ts': '',
      },
      {
        framework: 'nuxt',
        build: 'npm run build',
        start: 'node .output/server/index.mjs',
        health: '/api/health',
      },
    ],
    [
      'Remix',
      {
        'package.json': {
          scripts: { build: 'remix vite:build', start: 'remix-serve ./build/server/index.js' },
          dependencies: { '@remix-run/react': '2', '@remix-run/serve': '2' },
        },
        'app/routes/healthcheck.tsx': '',
      },
      {
        framework: 'remix',
        build: 'npm run build',
        start: 'remix-serve ./build/server/index.js',
        health: '/healthcheck',
      },
    ],
    [
      'React Router',
      {
        'package.json': {
          scripts: { dev: 'react-router dev', build: 'react-router build' },
          devDependencies: { '@react-router/dev': '7' },
        },
      },
      {
        framework: 'react-router',
        build: 'npm run build',
        start: 'react-router-serve build/server/index.js',
      },
    ],
    [
      'SvelteKit',
      {
        'package.json': {
          scripts: { build: 'vite build' },
          devDependencies: { '@sveltejs/kit': '2', '@sveltejs/adapter-node': '5', vite: '6' },
        },
        'src/routes/healthz/+server.ts': '',
      },
      { framework: 'sveltekit', build: 'npm run build', start: 'node build', health: '/healthz' },
    ],
    [
      'Astro with the Node adapter',
      {
        'package.json': {
          scripts: { start: 'astro dev', build: 'astro build' },
          dependencies: { astro: '5', '@astrojs/node': '9' },
        },
      },
      { framework: 'astro', build: 'npm run build', start: 'node ./dist/server/entry.mjs' },
    ],
  ];

  test.each(cases)('plans %s', async (_, files, { framework, build, start, health = '/' }) => {
    const plan = await planOf({ 'package-lock.json': '{}', ...files });
    expect(plan.framework.value).toBe(framework);
    expect(plan.runtime.value).toBe('node');
    expect(plan.build.value).toEqual(argv(build));
    expect(plan.processes.value).toEqual([{ name: 'web', command: argv(start), exposed: true }]);
    expect(plan.healthCheckPath.value).toBe(health);
    expect(planConfidence(plan)).toBeGreaterThanOrEqual(0.8);
  });

  test('keeps the custom server of a Next.js application', async () => {
    const plan = await planOf({
      'package.json': {
        scripts: { build: 'next build', start: 'NODE_ENV=production node server.js' },
        dependencies: { next: '15' },
      },
      'server.js': SERVER,
    });
    expect(plan.processes.value[0]?.command).toEqual(argv('node server.js'));
  });

  test.each<[string, Files, string]>([
    [
      'SvelteKit for Vercel',
      { 'package.json': { devDependencies: { '@sveltejs/kit': '2', '@sveltejs/adapter-vercel': '5' } } },
      '@sveltejs/adapter-vercel',
    ],
    [
      'Astro without a server to run',
      {
        'package.json': { dependencies: { astro: '5', '@astrojs/vercel': '8' } },
        'astro.config.mjs': "export default defineConfig({\n  output: 'server',\n});",
      },
      '@astrojs/node',
    ],
  ])('fails with a reason for %s', async (_, files, reason) => {
    const error = await refusalOf(files);
    expect(error.code).toBe('UnsupportedApplication');
    expect(error.message).toContain(reason);
  });
});

describe('sites that a tool builds', () => {
  const page = '<!doctype html><div id="root"></div><script type="module" src="/src/main.tsx"></script>';
  const vite = {
    scripts: { dev: 'vite', build: 'vite build', preview: 'vite preview' },
    devDependencies: { vite: '7' },
  };

  const cases: readonly [string, Files, string, string, string | null][] = [
    [
      'Vite',
      { 'package.json': vite, 'index.html': page, 'src/main.tsx': 'createRoot(document.body)' },
      'vite',
      'dist',
      'index.html',
    ],
    [
      'Vite with its development server as start',
      { 'package.json': { ...vite, scripts: { ...vite.scripts, start: 'vite --host' } }, 'index.html': page },
      'vite',
      'dist',
      'index.html',
    ],
    [
      'Vite with its preview as start',
      {
        'package.json': { ...vite, scripts: { ...vite.scripts, start: 'vite preview --port 8080' } },
        'index.html': page,
      },
      'vite',
      'dist',
      'index.html',
    ],
    [
      'Vite behind serve',
      {
        'package.json': { ...vite, scripts: { ...vite.scripts, start: 'serve -s dist -l 3000' } },
        'index.html': page,
      },
      'vite',
      'dist',
      'index.html',
    ],
    [
      'Vite with another output',
      {
        'package.json': vite,
        'index.html': page,
        'vite.config.ts': "export default { build: { outDir: 'public/app' } };",
      },
      'vite',
      'public/app',
      'index.html',
    ],
    [
      'Vite with another root',
      {
        'package.json': vite,
        'client/index.html': page,
        'vite.config.js': "export default { root: './client' };",
      },
      'vite',
      'client/dist',
      'index.html',
    ],
    [
      'Create React App',
      {
        'package.json': {
          scripts: { start: 'react-scripts start', build: 'react-scripts build' },
          dependencies: { 'react-scripts': '5' },
        },
        'public/index.html': page,
        'src/index.js': 'ReactDOM.render()',
      },
      'create-react-app',
      'build',
      'index.html',
    ],
    [
      'Vue CLI',
      {
        'package.json': {
          scripts: { serve: 'vue-cli-service serve', build: 'vue-cli-service build' },
          devDependencies: { '@vue/cli-service': '5' },
        },
        'vue.config.js': "module.exports = { outputDir: 'www' };",
      },
      'vue-cli',
      'www',
      'index.html',
    ],
    [
      'Gatsby',
      {
        'package.json': {
          scripts: { start: 'gatsby develop', build: 'gatsby build' },
          dependencies: { gatsby: '5' },
        },
      },
      'gatsby',
      'public',
      null,
    ],
    [
      'Eleventy',
      {
        'package.json': {
          scripts: { start: 'npx @11ty/eleventy --serve', build: 'eleventy' },
          devDependencies: { '@11ty/eleventy': '3' },
        },
        'index.html': '---\ntitle: x\n---\n',
      },
      'eleventy',
      '_site',
      null,
    ],
    [
      'Docusaurus',
      {
        'package.json': {
          scripts: { start: 'docusaurus start', build: 'docusaurus build', serve: 'docusaurus serve' },
          dependencies: { '@docusaurus/core': '3' },
        },
      },
      'docusaurus',
      'build',
      null,
    ],
    [
      'VitePress',
      {
        'package.json': {
          scripts: { 'docs:dev': 'vitepress dev docs', build: 'vitepress build docs' },
          devDependencies: { vitepress: '1' },
        },
        'docs/.vitepress/config.ts': '',
      },
      'vitepress',
      'docs/.vitepress/dist',
      null,
    ],
    [
      'Astro',
      {
        'package.json': {
          scripts: { start: 'astro dev', build: 'astro build' },
          dependencies: { astro: '5' },
        },
      },
      'astro',
      'dist',
      null,
    ],
    [
      'Next.js as files',
      {
        'package.json': {
          scripts: { build: 'next build', start: 'next start' },
          dependencies: { next: '15' },
        },
        'next.config.mjs': "export default { output: 'export' };",
      },
      'next',
      'out',
      null,
    ],
    [
      'Nuxt as files',
      { 'package.json': { scripts: { build: 'nuxt generate' }, devDependencies: { nuxt: '3' } } },
      'nuxt',
      '.output/public',
      null,
    ],
    [
      'SvelteKit as files',
      {
        'package.json': {
          scripts: { build: 'vite build' },
          devDependencies: { '@sveltejs/kit': '2', '@sveltejs/adapter-static': '3' },
        },
        'svelte.config.js': "adapter: adapter({ fallback: '200.html' })",
      },
      'sveltekit',
      'build',
      '200.html',
    ],
    [
      'Angular',
      {
        'package.json': {
          scripts: { start: 'ng serve', build: 'ng build' },
          dependencies: { '@angular/core': '20' },
        },
        'angular.json': {
          projects: {
            shop: {
              projectType: 'application',
              architect: { build: { builder: '@angular/build:application', options: {} } },
            },
          },
        },
        'src/main.ts': 'bootstrapApplication(App);',
      },
      'angular',
      'dist/shop/browser',
      'index.html',
    ],
    [
      'an older Angular',
      {
        'package.json': {
          scripts: { start: 'ng serve', build: 'ng build' },
          dependencies: { '@angular/core': '15' },
        },
        'angular.json': {
          projects: {
            shop: {
              projectType: 'application',
              architect: {
                build: {
                  builder: '@angular-devkit/build-angular:browser',
                  options: { outputPath: 'dist/web' },
                },
              },
            },
          },
        },
      },
      'angular',
      'dist/web',
      'index.html',
    ],
  ];

  test.each(cases)('plans %s as static files', async (_, files, framework, directory, fallback) => {
    const plan = await planOf({ 'package-lock.json': '{}', ...files });
    expect(plan.framework.value).toBe(framework);
    expect(plan.runtime.value).toBe('static');
    expect(plan.install.value).toEqual(argv('npm ci'));
    expect(plan.build.value).toEqual(argv('npm run build'));
    expect(plan.processes.value).toEqual([
      { name: 'web', command: serve(directory, fallback), exposed: true },
    ]);
    expect(plan.healthCheckPath.value).toBe('/');
    expect(planConfidence(plan)).toBeGreaterThanOrEqual(0.8);
  });

  test('builds with the tool where there is no script', async () => {
    const plan = await planOf({ 'package.json': { devDependencies: { vite: '7' } }, 'index.html': page });
    expect(plan.build.value).toEqual(argv('npx --no-install vite build'));
  });

  test('runs the server of an application whose pages Vite builds', async () => {
    const plan = await planOf({
      'package.json': {
        ...vite,
        scripts: { ...vite.scripts, start: 'node server.js' },
        dependencies: { express: '5' },
      },
      'index.html': page,
      'server.js': SERVER,
    });
    expect(plan.processes.value[0]?.command).toEqual(argv('node server.js'));
    expect(plan.build.value).toEqual(argv('npm run build'));
    expect(plan.framework.value).toBe('express');
  });

  test('doubts a site that is built for another base path', async () => {
    const plan = await planOf({
      'package.json': vite,
      'index.html': page,
      'vite.config.js': "export default { base: '/shop/' };",
    });
    expect(plan.processes.confidence).toBeLessThan(0.8);
  });

  test('doubts an output outside of the application', async () => {
    const plan = await planOf({
      'package.json': vite,
      'index.html': page,
      'vite.config.js': "export default { build: { outDir: '../../etc' } };",
    });
    expect(plan.processes.value[0]?.command).toEqual(serve('dist', 'index.html'));
    expect(plan.processes.confidence).toBeLessThan(0.6);
  });
});
