/** The direction of imports (docs/architecture.md). `test/architecture` runs these rules and proves that they bite. */
const from = (path) => ({ path: `^${path}` });
const only = (name, comment, path, allowed) => ({
  name,
  comment,
  severity: 'error',
  from: from(path),
  to: {
    path: '^(src|lambdas|apps|lib|test|bench|examples)/',
    pathNot: allowed.map((folder) => `^${folder}`),
  },
});

export default {
  forbidden: [
    only('domain-is-a-leaf', 'the domain imports nothing of ours', 'src/domain/', ['src/domain/']),
    {
      name: 'domain-is-pure',
      comment: 'the domain does no I/O and needs no library; these core modules only compute',
      severity: 'error',
      from: from('src/domain/'),
      to: { dependencyTypes: ['core', 'npm', 'npm-dev'], pathNot: '^(node:)?(crypto|path|url|util)$' },
    },
    only('contracts-know-the-domain', 'shapes are made of domain words', 'src/contracts/', [
      'src/contracts/',
      'src/domain/',
    ]),
    only('ports-know-the-domain', 'a port speaks domain words', 'src/ports/', ['src/ports/', 'src/domain/']),
    only('stages-know-ports', 'what all agents share', 'src/stages/', [
      'src/stages/',
      'src/ports/',
      'src/domain/',
      'src/contracts/',
    ]),
    only('operations-know-ports', 'an operation is a verb on ports', 'src/operations/', [
      'src/operations/',
      'src/stages/',
      'src/ports/',
      'src/domain/',
      'src/contracts/',
    ]),
    only('adapters-know-ports', 'an adapter never calls agents, operations or apps', 'src/adapters/', [
      'src/adapters/',
      'src/ports/',
      'src/domain/',
      'src/contracts/',
      'src/stages/',
    ]),
    {
      name: 'platforms-are-apart',
      severity: 'error',
      from: from('src/adapters/([^/]+)/'),
      to: { path: '^src/adapters/', pathNot: '^src/adapters/$1/' },
    },
    only('agents-know-ports', 'an agent reaches the world through ports only', 'lambdas/[^/]+/', [
      'lambdas/',
      'src/ports/',
      'src/domain/',
      'src/stages/',
      'src/contracts/',
    ]),
    {
      name: 'agents-are-apart',
      comment: 'one lambda never imports another',
      severity: 'error',
      from: from('lambdas/([^/]+)/'),
      to: { path: '^lambdas/', pathNot: '^lambdas/$1/' },
    },
    {
      name: 'agents-have-no-sdk',
      severity: 'error',
      from: { path: '^lambdas/[^/]+/', pathNot: 'handler\\.ts$' },
      to: { path: '@aws-sdk/' },
    },
    {
      name: 'only-the-composition-root-wires',
      comment: 'clients call operations; adapters and agents are put together in one place',
      severity: 'error',
      from: { path: '^apps/', pathNot: '^apps/api/(local-platform|serve)\\.ts$' },
      to: { path: '^(src/adapters/|lambdas/)', pathNot: '^src/adapters/local/home\\.ts$' },
    },
    {
      name: 'clients-are-apart',
      severity: 'error',
      from: from('apps/([^/]+)/'),
      to: { path: '^apps/', pathNot: ['^apps/$1/', '^apps/api/serve\\.ts$'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(node_modules|test/fixtures/repositories|examples)' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { extensions: ['.ts', '.js', '.mjs', '.json'] },
  },
};
