/** Package and name of a framework, the more telling ones first. */
export type FrameworkName = readonly [packageName: string, framework: string];

/** Frameworks that bring their own server: what else is installed does not name the application. */
export const SERVER_FRAMEWORKS: readonly FrameworkName[] = [
  ['next', 'next'],
  ['nuxt', 'nuxt'],
  ['@remix-run/react', 'remix'],
  ['@react-router/dev', 'react-router'],
  ['@sveltejs/kit', 'sveltekit'],
  ['astro', 'astro'],
];

/** Frameworks that build a folder of files. */
export const SITE_FRAMEWORKS: readonly FrameworkName[] = [
  ['gatsby', 'gatsby'],
  ['@docusaurus/core', 'docusaurus'],
  ['@angular/core', 'angular'],
  ['react-scripts', 'create-react-app'],
  ['@vue/cli-service', 'vue-cli'],
  ['@11ty/eleventy', 'eleventy'],
  ['vitepress', 'vitepress'],
  ['vuepress', 'vuepress'],
];

/** Libraries that answer HTTP from code of the application. */
export const WEB_FRAMEWORKS: readonly FrameworkName[] = [
  ['@nestjs/core', 'nest'],
  ['fastify', 'fastify'],
  ['hono', 'hono'],
  ['koa', 'koa'],
  ['express', 'express'],
  ['@hapi/hapi', 'hapi'],
  ['@adonisjs/core', 'adonis'],
  ['@strapi/strapi', 'strapi'],
  ['@feathersjs/feathers', 'feathers'],
  ['@loopback/rest', 'loopback'],
  ['sails', 'sails'],
  ['restify', 'restify'],
  ['polka', 'polka'],
  ['h3', 'h3'],
  ['micro', 'micro'],
  ['@apollo/server', 'apollo'],
  ['graphql-yoga', 'graphql-yoga'],
  ['json-server', 'json-server'],
  ['verdaccio', 'verdaccio'],
  ['node-red', 'node-red'],
  ['parse-server', 'parse-server'],
  ['directus', 'directus'],
  ['ghost', 'ghost'],
  ['n8n', 'n8n'],
];

/** Further tools that turn an index.html into a folder of files. */
export const SITE_BUILDERS: readonly string[] = [
  'vite',
  'parcel',
  'hexo',
  'ember-cli',
  '@rsbuild/core',
  'html-webpack-plugin',
];

export const packagesOf = (frameworks: readonly FrameworkName[]): readonly string[] =>
  frameworks.map(([name]) => name);

export const frameworkOf = (frameworks: readonly FrameworkName[], packageName: string): string | undefined =>
  frameworks.find(([name]) => name === packageName)?.[1];
