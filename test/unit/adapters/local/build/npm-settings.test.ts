import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { readNpmSettings } from '../../../../../src/adapters/local/build/npm-settings.ts';
import { temporaryFolder } from '../../../../fixtures/temporary-home.ts';

/** A machine with npm in `<prefix>/lib/node_modules/npm` and these configuration files. */
async function settingsOf(
  files: { readonly builtin?: string; readonly global?: string; readonly user?: string },
  environment: NodeJS.ProcessEnv = {},
) {
  const prefix = await temporaryFolder();
  const npm = join(prefix, 'lib/node_modules/npm');
  for (const folder of [npm, join(prefix, 'etc'), join(prefix, 'home')])
    await mkdir(folder, { recursive: true });
  if (files.builtin) await writeFile(join(npm, 'npmrc'), files.builtin);
  if (files.global) await writeFile(join(prefix, 'etc/npmrc'), files.global);
  if (files.user) await writeFile(join(prefix, 'home/.npmrc'), files.user);
  return readNpmSettings(npm, { HOME: join(prefix, 'home'), ...environment });
}

describe("the operator's npm configuration", () => {
  test('is empty on a plain machine', async () => {
    expect(await settingsOf({})).toEqual({
      npmrc: '',
      registry: undefined,
      certificates: undefined,
      environment: {},
    });
  });

  test('keeps registries, proxies and what belongs to them', async () => {
    const { npmrc } = await settingsOf({
      user: [
        '# comment',
        'registry = "https://npm.example.com/"',
        '@corp:registry=https://corp.example.com/npm/',
        'strict-ssl=false',
        'color=always',
      ].join('\n'),
    });
    expect(npmrc.trim().split('\n')).toEqual([
      'registry="https://npm.example.com/"',
      '@corp:registry="https://corp.example.com/npm/"',
      'strict-ssl="false"',
    ]);
  });

  test('lets the environment win over user, global and builtin files', async () => {
    const registry = async (...args: Parameters<typeof settingsOf>) => (await settingsOf(...args)).registry;
    const [builtin, global, user] = ['a', 'b', 'c'].map((name) => `registry=https://${name}.example.com/`);
    const files = { ...(builtin && { builtin }), ...(global && { global }), ...(user && { user }) };
    expect(await registry({ builtin: files.builtin ?? '' })).toBe('https://a.example.com/');
    expect(await registry({ ...files, user: '' })).toBe('https://b.example.com/');
    expect(await registry(files)).toBe('https://c.example.com/');
    expect(await registry(files, { NPM_CONFIG_REGISTRY: 'https://d.example.com/' })).toBe(
      'https://d.example.com/',
    );
  });

  test('never carries credentials', async () => {
    const settings = await settingsOf(
      {
        user: [
          '//registry.npmjs.org/:_authToken=npm_secret1',
          '_auth=c2VjcmV0Mg==',
          '_password=secret3',
          'registry=https://robot:secret4@npm.example.com/',
          '@corp:registry=https://secret5@corp.example.com/',
          'proxy=user:secret6@proxy:8080',
          `https-proxy=\${TOKEN_PROXY}`,
        ].join('\n'),
      },
      {
        TOKEN_PROXY: 'http://me:p@secret7@proxy:1',
        HTTPS_PROXY: 'http://u:secret8@proxy:2',
        NPM_TOKEN: 'secret9',
      },
    );
    expect(JSON.stringify(settings)).not.toMatch(/secret|c2VjcmV0/);
    expect(settings.registry).toBe('https://npm.example.com/');
    expect(settings.environment).toEqual({ HTTPS_PROXY: 'http://proxy:2' });
    expect(settings.npmrc).toContain('https-proxy="http://proxy:1"');
  });

  test('names certificates only when the file exists', async () => {
    const folder = await temporaryFolder();
    const file = join(folder, 'ca.pem');
    await writeFile(file, '');
    const missing = { NODE_EXTRA_CA_CERTS: join(folder, 'missing.pem') };
    expect((await settingsOf({}, missing)).certificates).toBeUndefined();
    expect((await settingsOf({ user: `cafile=${file}` }, missing)).certificates).toBe(file);
    expect((await settingsOf({}, { NODE_EXTRA_CA_CERTS: file })).certificates).toBe(file);
  });
});
