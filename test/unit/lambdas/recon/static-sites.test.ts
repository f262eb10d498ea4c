import { describe, expect, test } from '@jest/globals';
import { planConfidence } from '../../../../src/domain/plan.ts';
import { type Files, planOf, refusalOf, serve } from './plan-of.ts';

describe('static sites', () => {
  test.each<[string, Files, string]>([
    ['in the top folder', { 'index.html': '<h1>hello</h1>', 'style.css': '' }, '.'],
    ['in public', { 'public/index.html': '<h1>hello</h1>' }, 'public'],
    ['in dist', { 'dist/index.html': '<h1>hello</h1>' }, 'dist'],
    ['in docs', { 'docs/index.html': '<h1>hello</h1>', 'README.md': '# x' }, 'docs'],
    [
      'beside tools',
      { 'index.html': '<h1>x</h1>', 'package.json': { devDependencies: { prettier: '3' } } },
      '.',
    ],
    [
      'with a development server',
      {
        'index.html': '<h1>x</h1>',
        'package.json': { scripts: { start: 'live-server' }, devDependencies: { 'live-server': '1' } },
      },
      '.',
    ],
    [
      'of http-server',
      {
        'www/index.html': '<h1>x</h1>',
        'package.json': { scripts: { start: 'npx http-server ./www -p 8080' } },
      },
      'www',
    ],
  ])('are served %s', async (_, files, directory) => {
    const plan = await planOf(files);
    expect(plan.processes.value).toEqual([{ name: 'web', command: serve(directory), exposed: true }]);
    expect(plan.runtime.value).toBe('static');
    expect(plan.install.value).toBeNull();
    expect(plan.build.value).toBeNull();
    expect(plan.database.value).toBeNull();
    expect(planConfidence(plan)).toBeGreaterThanOrEqual(0.8);
  });

  test('fall back to the page of a built single-page application', async () => {
    const plan = await planOf({
      'dist/index.html': '<div id="app"></div><script src="/assets/index.js"></script>',
      'dist/assets/index.js': '',
    });
    expect(plan.processes.value[0]?.command).toEqual(serve('dist', 'index.html'));
  });

  test('mention their page for unknown paths', async () => {
    const plan = await planOf({ 'index.html': '<h1>x</h1>', '404.html': '<h1>no</h1>' });
    expect(plan.processes.evidence.map(({ file }) => file)).toContain('404.html');
  });

  test('are not found behind a symbolic link', async () => {
    expect((await refusalOf({ 'index.html@': '/etc/passwd' })).code).toBe('StartCommandNotFound');
  });

  test('are not the pages of a server that cannot be found', async () => {
    const files = { 'package.json': { dependencies: { express: '5' } }, 'public/index.html': '<h1>x</h1>' };
    expect((await refusalOf(files)).code).toBe('StartCommandNotFound');
  });

  test.each<[string, Files, string]>([
    [
      'the pages of a Go server',
      { 'go.mod': 'module shop', 'main.go': 'package main', 'static/index.html': '<h1>x</h1>' },
      'Go',
    ],
    ['a Jekyll site', { '_config.yml': 'title: x', 'index.html': '---\nlayout: home\n---\n' }, 'Jekyll'],
    [
      'a PHP application',
      { 'composer.json': '{}', 'public/index.php': '<?php', 'public/index.html': '<h1>x</h1>' },
      'PHP',
    ],
  ])('do not include %s', async (_, files, language) => {
    const error = await refusalOf(files);
    expect(error.code).toBe('UnsupportedApplication');
    expect(error.message).toContain(language);
  });
});
