import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { systemErrorCode } from '../../../domain/errors.ts';

type Settings = ReadonlyMap<string, string>;

/** What of the operator's npm configuration a build needs to reach the same registries, and nothing that lets it in. */
export interface NpmSettings {
  /** Text of an `.npmrc`. */
  readonly npmrc: string;
  readonly registry: string | undefined;
  /** File of certificate authorities that the operator trusts, npm's `cafile` among others. */
  readonly certificates: string | undefined;
  /** Proxies. */
  readonly environment: Readonly<Record<string, string>>;
}

const KEYS = ['registry', 'cafile', 'proxy', 'https-proxy', 'noproxy', 'strict-ssl'];
const SCOPED_REGISTRY = /^@[^:/]+:registry$/;
const PROXY_VARIABLES = ['http_proxy', 'https_proxy', 'no_proxy'].flatMap((name) => [
  name,
  name.toUpperCase(),
]);

/** Reads the files that npm reads, in npm's order of precedence, without the time that starting npm takes. */
export async function readNpmSettings(
  npmFolder: string,
  environment: NodeJS.ProcessEnv,
): Promise<NpmSettings> {
  const variables = new Map(
    Object.entries(environment).map(([name, value]) => [name.toLowerCase(), value] as const),
  );
  const userFile = variables.get('npm_config_userconfig') ?? join(environment['HOME'] ?? homedir(), '.npmrc');
  // npm lies in `<prefix>/lib/node_modules/npm`.
  const globalFile = variables.get('npm_config_globalconfig') ?? join(npmFolder, '../../../etc/npmrc');
  const files = await Promise.all(
    [join(npmFolder, 'npmrc'), globalFile, userFile].map((file) => readSettings(file, environment)),
  );
  const settings = new Map(files.flatMap((file) => [...file]));
  for (const key of KEYS) {
    const value = variables.get(`npm_config_${key.replaceAll('-', '_')}`);
    if (value) settings.set(key, value);
  }
  return publicSettings(settings, environment);
}

async function readSettings(file: string, environment: NodeJS.ProcessEnv): Promise<Settings> {
  const lines = (await textOf(file))
    .split('\n')
    .map((line) => /^\s*([^;#=\s][^=]*?)\s*=\s*(.*?)\s*$/.exec(line));
  return new Map(
    lines.flatMap((match) => {
      const [, key, value] = match ?? [];
      return key && value && (KEYS.includes(key) || SCOPED_REGISTRY.test(key))
        ? [[key, expanded(value, environment)] as const]
        : [];
    }),
  );
}

/** `"value"` is `value`, `${NAME}` the variable of that name. */
const expanded = (value: string, environment: NodeJS.ProcessEnv): string =>
  value
    .replace(/^(["'])(.*)\1$/, '$2')
    .replace(/\$\{([^}]+)\}/g, (text, name: string) => environment[name] ?? text);

function publicSettings(settings: Settings, environment: NodeJS.ProcessEnv): NpmSettings {
  const certificates = [settings.get('cafile'), environment['NODE_EXTRA_CA_CERTS']].find(
    (file) => file && existsSync(file),
  );
  const lines = [...settings]
    .filter(([key]) => key !== 'cafile')
    .map(([key, value]) => `${key}=${JSON.stringify(withoutCredentials(value))}\n`);
  const registry = settings.get('registry');
  const proxies = PROXY_VARIABLES.flatMap((name) => {
    const value = environment[name];
    return value ? [[name, withoutCredentials(value)] as const] : [];
  });
  return {
    npmrc: lines.join(''),
    registry: registry && withoutCredentials(registry),
    certificates,
    environment: Object.fromEntries(proxies),
  };
}

const withoutCredentials = (value: string): string =>
  value.replace(/^([a-z][a-z0-9+.-]*:\/\/)?[^/]*@/i, (_, scheme: string | undefined) => scheme ?? '');

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const code = systemErrorCode(error);
    if (code !== 'ENOENT' && code !== 'EACCES') throw error;
    return '';
  }
}
