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

/** What of the API other programs may load. */
const ENTRIES = 'serve|aws-control-plane|aws-doctor';

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
      to: { path: '^src/adapters/', pathNot: ['^src/adapters/$1/', '^src/adapters/anywhere/'] },
    },
    only(
      'agents-know-ports',
      'an agent reaches the world through ports only',
      'lambdas/(?!conductor/)[^/]+/(?!handler\\.ts$)',
      ['lambdas/', 'src/ports/', 'src/domain/', 'src/stages/', 'src/contracts/'],
    ),
    only(
      'conductor-knows-operations',
      'it is no agent: it takes orders, as the API does',
      'lambdas/conductor/(?!handler\\.ts$)',
      ['lambdas/', 'src/operations/', 'src/ports/', 'src/domain/', 'src/stages/', 'src/contracts/'],
    ),
    only(
      'handlers-know-aws',
      'the handler of a function puts its agent and the adapters of AWS together',
      'lambdas/[^/]+/handler\\.ts$',
      [
        'lambdas/',
        'src/adapters/(aws|anywhere)/',
        'src/ports/',
        'src/domain/',
        'src/stages/',
        'src/contracts/',
      ],
    ),
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
      from: {
        path: '^apps/',
        pathNot: [
          '^apps/api/(local-platform|local-models|serve|aws-[a-z-]+)\\.ts$',
          '^apps/(instance|build-runner)/',
        ],
      },
      to: { path: '^(src/adapters/|lambdas/)', pathNot: '^src/adapters/local/home\\.ts$' },
    },
    {
      name: 'clients-are-apart',
      severity: 'error',
      from: from('apps/([^/]+)/'),
      to: { path: '^apps/', pathNot: ['^apps/$1/', `^apps/api/(${ENTRIES})\\.ts$`] },
    },
    {
      name: 'entries-are-loaded-when-asked',
      comment: 'a command that needs no server and no AWS does not wait for their modules',
      severity: 'error',
      from: from('apps/cli/'),
      to: { path: `^apps/api/(${ENTRIES})\\.ts$`, dynamic: false },
    },
    {
      name: 'sdk-stays-in-adapters',
      comment: 'exceptions and types of the AWS SDK stop there',
      severity: 'error',
      from: {
        path: '^(src|apps)/',
        pathNot: [
          '^src/adapters/aws/',
          '^src/adapters/anywhere/language-model/providers/',
          '^apps/api/aws-(platform|control-plane|doctor|upkeep|fleet|models)\\.ts$',
        ],
      },
      to: { path: '@aws-sdk/' },
    },
    {
      name: 'models-are-asked-by-the-gateway',
      comment: 'no other way leads to a language model, around budgets, breakers and the ledger',
      severity: 'error',
      from: { path: '^(src|lambdas|apps)/', pathNot: '^src/adapters/anywhere/language-model/' },
      to: { path: '(^|/)(@strands-agents/|cockatiel(/|$)|@opentelemetry/|@aws-sdk/client-bedrock)' },
    },
    {
      name: 'the-gateway-has-one-entry',
      comment:
        'its entry loads it with the first question: a process that asks none starts without the libraries behind it',
      severity: 'error',
      from: {
        path: '^(src|lambdas|apps)/',
        pathNot: ['^src/adapters/anywhere/language-model/', '^src/adapters/anywhere/language-model\\.ts$'],
      },
      to: { path: '^src/adapters/anywhere/language-model/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(test/fixtures/repositories|examples)' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { extensions: ['.ts', '.js', '.mjs', '.json'] },
  },
};
