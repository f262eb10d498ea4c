import { describe, expect, test } from '@jest/globals';
import { REMEDIES, remediesFor } from '../../../../../lambdas/medic/fixes/remedies.ts';
import { ACTIONS, type ActionId } from '../../../../../src/domain/diagnosis/taxonomy/actions.ts';
import { CAUSES, type CauseId } from '../../../../../src/domain/diagnosis/taxonomy/causes.ts';
import type { FixAction } from '../../../../../src/domain/fix.ts';
import fc from '../../../../fixtures/properties.ts';
import { EXPRESS, express } from '../../recon/plan-of.ts';
import { ailing } from './ailing.ts';

const KEYS = [
  'name',
  'value',
  'command',
  'script',
  'path',
  'file',
  'tool',
  'package',
  'required',
  'version',
  'got',
  'runtime',
  'host',
  'missing',
  'directory',
];
const NUMBERS = ['port', 'got', 'expected', 'seconds', 'limit'];
const MARK = 'zqx';

/** Everything that a shell, a package manager or a file system would act on, with a word that nothing else has. */
const hostile = fc.oneof(
  fc.constantFrom(
    `$(${MARK})`,
    `; ${MARK}`,
    `\`${MARK}\``,
    `../../${MARK}.js`,
    `--${MARK}`,
    `/etc/${MARK}`,
    `${MARK}.js`,
    `${MARK}`,
    `1 || ${MARK}`,
    `npm run ${MARK}`,
    `build && ${MARK}`,
  ),
  fc.string({ maxLength: 40 }).map((text) => `${text}${MARK}${text}`),
);
const parameters = fc
  .tuple(
    fc.dictionary(fc.constantFrom(...KEYS), hostile),
    fc.dictionary(fc.constantFrom(...NUMBERS), fc.oneof(fc.integer(), hostile)),
  )
  .map(([texts, numbers]) => ({ ...texts, ...numbers }));
const actions = Object.keys(REMEDIES).filter((id): id is ActionId => Object.hasOwn(ACTIONS, id));
const causes = Object.keys(CAUSES).filter(
  (id): id is CauseId => id !== 'unknown' && Object.hasOwn(CAUSES, id),
);

const FILES = express(
  {
    scripts: { start: 'node dist/server.js', 'build:prod': 'tsc', migrate: 'node migrate.js' },
    devDependencies: { typescript: '5' },
  },
  { 'src/server.js': `${EXPRESS}process.env.HOST; process.env.APP_PORT;` },
);
/** The words that are made of something else than a variable's name. */
const WORDS = (fix: FixAction): string =>
  JSON.stringify([fix.change, fix.action === 'request_env_value' ? [] : [fix.parameters, fix.does]]);

describe('a log that strangers write', () => {
  test('never says what runs', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...actions),
        fc.constantFrom(...causes),
        parameters,
        fc.constantFrom('build' as const, 'release' as const),
        async (action, cause, given, stage) => {
          const ailment = await ailing({ action, cause, parameters: given, stage, files: FILES });
          for (const fix of remediesFor(ailment)) expect(WORDS(fix)).not.toContain(MARK);
        },
      ),
      { numRuns: 400 },
    );
  });

  test('may name a variable, and nothing that is no name of one', async () => {
    await fc.assert(
      fc.asyncProperty(hostile, async (name) => {
        const fixes = remediesFor(
          await ailing({ cause: 'missing_env_var', parameters: { name }, files: FILES }),
        );
        for (const asked of fixes.flatMap(({ asks }) => asks)) expect(asked).toMatch(/^[A-Za-z_]\w{0,99}$/);
      }),
      { numRuns: 200 },
    );
  });
});
