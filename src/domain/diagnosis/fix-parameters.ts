import type { CauseId } from './taxonomy/causes.ts';

export type FixParameter = string | number | string[];
export type FixParameters = Readonly<Record<string, FixParameter>>;

/** Parameters that are whole numbers. */
const NUMBERS = new Set([
  'port',
  'expected',
  'line',
  'limit',
  'pid',
  'code',
  'exitCode',
  'minAzs',
  'statusCode',
]);
/** Causes of which `got` is a number: elsewhere it is a version. */
const COUNTED = new Set<CauseId>(['llm_context_too_long', 'port_mismatch']);
const LISTS = new Set(['resources', 'capabilities', 'actions']);

/** The Debian package that brings a header, a library or a tool. */
const PACKAGES: Readonly<Record<string, string>> = {
  'ffi.h': 'libffi-dev',
  'Python.h': 'python3-dev',
  'libpq-fe.h': 'libpq-dev',
  pg_config: 'libpq-dev',
  mysql_config: 'default-libmysqlclient-dev',
  'mysql.h': 'default-libmysqlclient-dev',
  'openssl/ssl.h': 'libssl-dev',
  'openssl/opensslv.h': 'libssl-dev',
  'libxml/xmlversion.h': 'libxml2-dev',
  'libxml/parser.h': 'libxml2-dev',
  'jpeglib.h': 'libjpeg-dev',
  'zlib.h': 'zlib1g-dev',
  'ldap.h': 'libldap2-dev',
  'lber.h': 'libldap2-dev',
  'sasl.h': 'libsasl2-dev',
  'sql.h': 'unixodbc-dev',
  'yaml.h': 'libyaml-dev',
  'curl/curl.h': 'libcurl4-openssl-dev',
  'gmp.h': 'libgmp-dev',
  'libGL.so.1': 'libgl1',
  'libpq.so.5': 'libpq5',
  'libssl.so.1.1': 'libssl1.1',
  'libnss3.so': 'libnss3',
  cc: 'gcc',
  'c++': 'g++',
  python: 'python3',
};

/** What the named groups of a match say, in the types that the parameters of a fix have. */
export function parametersOf(
  cause: CauseId,
  groups: Readonly<Record<string, string | undefined>>,
): FixParameters {
  const parameters: Record<string, FixParameter> = {};
  for (const [group, value] of Object.entries(groups)) {
    // `path2` is another place in the pattern where `path` may be.
    const name = group.replace(/\d$/, '');
    if (value === undefined || value === '' || name in parameters) continue;
    // Debian names the package of an extension of PHP after it.
    if (name === 'extension') parameters['missing'] = `php-${value}`;
    else parameters[name] = typed(cause, name, value.trim());
  }
  return parameters;
}

function typed(cause: CauseId, name: string, value: string): FixParameter {
  if (LISTS.has(name))
    return value
      .split(',')
      .map((item) => item.trim())
      .filter((item) => item !== '');
  if (NUMBERS.has(name) && /^\d{1,15}$/.test(value)) return Number(value);
  if (name === 'seconds' || (name === 'got' && COUNTED.has(cause))) return Number(value);
  if (cause === 'missing_system_package' && name === 'missing') return PACKAGES[value] ?? value;
  return value;
}
