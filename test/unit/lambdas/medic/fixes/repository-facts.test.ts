import { describe, expect, test } from '@jest/globals';
import { remediesFor } from '../../../../../lambdas/medic/fixes/remedies.ts';
import { repositoryFacts } from '../../../../../lambdas/medic/fixes/repository-facts.ts';
import { memoryTree } from '../../../../fixtures/memory-tree.ts';
import { express } from '../../recon/plan-of.ts';
import { ailing } from './ailing.ts';

describe('what a repository offers', () => {
  test('is read in the folder of the application', async () => {
    const tree = memoryTree({
      'package.json': { scripts: { build: 'echo other' } },
      'shop/package.json': { scripts: { build: 'tsc' }, main: 'app.js', dependencies: { express: '5' } },
      'shop/tsconfig.json': { compilerOptions: { outDir: 'build' } },
      'shop/app.js': "app.get('/alive', x); listen(process.env.BIND)",
    });
    expect(await repositoryFacts(tree, 'shop')).toEqual({
      files: ['package.json', 'shop/package.json', 'shop/tsconfig.json', 'shop/app.js'],
      scripts: { build: 'tsc' },
      main: 'app.js',
      dependencies: ['express'],
      devDependencies: [],
      compiledTo: 'build',
      routes: ['/alive'],
      reads: ['BIND'],
    });
  });

  test.each([
    ['no JSON', '{"scripts": '],
    ['no object', '[1]'],
    ['fields of other types', '{"scripts": 7, "main": {}, "dependencies": "all"}'],
    ['half a file', `{"scripts": {"build": "${'x'.repeat(300_000)}"}}`],
  ])('is nothing when the manifest is %s', async (_, text) => {
    const facts = await repositoryFacts(memoryTree({ 'package.json': text }));
    expect(facts).toMatchObject({ scripts: {}, main: null, dependencies: [] });
  });

  test('has no links, and no names that mean something to a shell', async () => {
    const facts = await repositoryFacts(
      memoryTree({ 'link@': '/etc', 'a;b.js': '', '$(x)/package.json': '{}' }),
    );
    expect(facts.files).toEqual([]);
  });

  test('names nothing in a command that is more than a word', async () => {
    const files = express(
      {
        scripts: {
          start: 'node dist/server.js',
          'build; rm -rf /': 'x',
          '--unsafe': 'x',
          'start:prod $(x)': 'node x',
        },
        main: '../../../etc/passwd.js',
      },
      { 'src/-r evil.js': '', 'app (copy).js': '' },
    );
    for (const cause of ['start_entry_missing', 'build_artifact_missing', 'build_script_missing'] as const) {
      const words = JSON.stringify(remediesFor(await ailing({ cause, files })));
      expect(words).not.toMatch(/rm -rf|unsafe|\$\(|passwd|evil|copy/);
    }
  });

  test('is read of a huge repository in bounds', async () => {
    const many = Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`src/file${index}.js`, 'x']));
    const tree = memoryTree(many);
    await repositoryFacts(tree);
    expect(tree.reads.length).toBeLessThan(70);
  });
});
