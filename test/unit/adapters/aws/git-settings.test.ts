import { expect, test } from '@jest/globals';
import {
  gitSettings,
  UnreadableSettings,
} from '../../../../src/adapters/aws/source-repository/git-settings.ts';
import { gitRepository } from '../../../fixtures/git-repository.ts';

const TEXTS = [
  '[submodule "a"]\n\tpath = a\n\turl = https://x/y.git\n',
  '[submodule "a.b\\"c"]\n url="quoted; #kept" # comment\n Update = !touch\n',
  '[core] bare\n[Submodule "X"]path=a\\\nb\n',
  '; only comments\n# and more\n\n[a]\n\tb =\n\tc = "x" y "z"\n\td = a\\tb\\\\c   \n',
  '\uFEFF[a]\r\n\tb = c\r\n',
];

// git itself says what each of them means.
test.each(TEXTS)('reads settings as git does: %j', async (text) => {
  const { git, write } = await gitRepository();
  await write({ settings: text });
  const listed = await git('config', '--null', '--list', '--file', 'settings');
  const expected = listed
    .split('\0')
    .filter(Boolean)
    .map((setting) => {
      const [key = '', ...lines] = setting.split('\n');
      return [key, lines.length > 0 ? lines.join('\n') : 'true'];
    });
  expect(gitSettings(text)).toEqual(expected);
});

test.each(['[a\nb = c', 'b = c', '[a]\n\tb = "c', '[a]\n\tb = \\x', '[a]\n\t= c', '[a "b]\nc = d'])(
  'refuses %j',
  (text) => {
    expect(() => gitSettings(text)).toThrow(UnreadableSettings);
  },
);
