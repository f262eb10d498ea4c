import { posix } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { deploymentNameFrom, printable, type Source } from './deployment.ts';
import { HiveMindError } from './errors.ts';

type GitAddress = Omit<Extract<Source, { kind: 'git' }>, 'kind'>;

/**
 * Understands what the operator named: an absolute folder path, `https://host/path`, `ssh://user@host/path`, `git@host:path`,
 * `file:///path` or a GitHub page of a branch. An address may end in `#` and a branch, a tag or a full commit id.
 * @throws {HiveMindError} UnsafeSource: git could be made to run something by it, it carries a credential, or its transport is
 *   not authenticated; InvalidInput: it is empty, a relative path, or an address together with `workingTree`
 */
export function parseSource(text: string, options: { readonly workingTree: boolean }): Source {
  assertPlainText(text);
  if (namesFolder(text)) return folderSource(text, options.workingTree);
  if (options.workingTree) {
    throw new HiveMindError('InvalidInput', 'a git address has no working tree', {
      hint: 'name a local folder together with --working-tree, or leave the option out',
    });
  }
  const hash = text.indexOf('#');
  const address = gitAddress(hash < 0 ? text : text.slice(0, hash));
  const ref = hash < 0 || hash === text.length - 1 ? address.ref : text.slice(hash + 1);
  if (ref === undefined) return { kind: 'git', url: address.url };
  assertRef(ref);
  return { kind: 'git', url: address.url, ref };
}

/**
 * The same source at another ref, or with or without what is not committed. A folder at a ref is the repository in that folder.
 * @throws {HiveMindError} UnsafeSource: git does not allow the ref; InvalidInput: a ref together with a working tree
 */
export function sourceAt(
  source: Source,
  { ref, workingTree }: { readonly ref?: string | undefined; readonly workingTree?: boolean | undefined },
): Source {
  if (workingTree && (ref !== undefined || source.kind === 'git')) {
    throw new HiveMindError('InvalidInput', 'what is not committed belongs to no ref and to no address', {
      hint: 'leave --working-tree or --ref out; only a deployment of a folder has a working tree',
    });
  }
  if (ref !== undefined) {
    assertRef(ref);
    return { kind: 'git', url: source.kind === 'git' ? source.url : pathToFileURL(source.path).href, ref };
  }
  return source.kind === 'git' ? source : { ...source, workingTree: workingTree ?? source.workingTree };
}

/** Whether the text is a folder path, absolute or relative, rather than an address. */
export const namesFolder = (text: string): boolean => !/^[^/]*:/.test(text);

/** The source for people: a path, or an address with its ref; never a credential. */
export function sourceLabel(source: Source): string {
  if (source.kind === 'folder') return printable(source.path);
  const url = source.url.replace(/^(https?:\/\/)[^/]*@/, '$1').replace(/^(ssh:\/\/[^/@:]*):[^/]*@/, '$1@');
  return printable(source.ref === undefined ? url : `${url}#${source.ref}`);
}

/** A deployment name from the last part of the path; undefined when it has no letter. */
export function nameFromSource(source: Source): string | undefined {
  return deploymentNameFrom(posix.basename(locationOf(source)));
}

/** Whether both are the same application: protocol, user, ref and working tree do not count. */
export const sameSource = (a: Source, b: Source): boolean => locationOf(a) === locationOf(b);

const TRANSPORT_HELPER = /^[a-z0-9+.-]*::/i;

/** Whether some version of git could be made to run something by an address that a repository names, such as a submodule's. */
export function couldRunProgram(address: string): boolean {
  const text = address.replace(/%([0-9a-f]{2})/gi, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return (
    TRANSPORT_HELPER.test(text) || /^-|^(?:[a-z0-9+.-]+:\/\/)?(?:[^/]*@)?-|[\u0000-\u001f\u007f]/i.test(text)
  );
}

/** Where the code is, without how it is reached: `/path` or `host/path`. */
export function locationOf(source: Source): string {
  if (source.kind === 'folder') return source.path;
  if (source.url.startsWith('file:')) return fileURLToPath(source.url);
  const scp = SCP_LIKE.exec(source.url)?.groups;
  const url = scp ? undefined : new URL(source.url);
  const host = (scp?.['host'] ?? url?.host ?? '').toLowerCase();
  const path = (scp?.['path'] ?? url?.pathname ?? '').replace(/^\/+|\/+$/g, '').replace(/\.git$/, '');
  return `${host}/${path}`;
}

const MAX_CHARACTERS = 4096;

function assertPlainText(text: string): void {
  if (text.trim() === '') {
    throw new HiveMindError('InvalidInput', 'the source is empty', { hint: HINT });
  }
  if (text.length > MAX_CHARACTERS) {
    throw new HiveMindError('InvalidInput', `the source is longer than ${MAX_CHARACTERS} characters`, {
      hint: HINT,
    });
  }
  if (text.startsWith('-'))
    throw unsafe(text, 'starts with a hyphen, so that git would take it for an option');
  if (/[\u0000-\u001f\u007f-\u009f]/.test(text)) throw unsafe(text, 'contains control characters');
}

function folderSource(text: string, workingTree: boolean): Source {
  if (!text.startsWith('/')) {
    throw new HiveMindError('InvalidInput', `"${shown(text)}" is a relative path`, {
      hint: 'give the absolute path of the folder, or an address such as https://github.com/owner/repository',
    });
  }
  const path = posix.normalize(text).replace(/^\/+/, '/');
  return { kind: 'folder', path: path === '/' ? path : path.replace(/\/$/, ''), workingTree };
}

const HINT =
  'name a folder, or an address such as https://github.com/owner/repository#branch or git@host:owner/repository.git';

function gitAddress(address: string): GitAddress {
  if (/^[a-z0-9+.-]*::/i.test(address))
    throw unsafe(address, 'names a transport helper, which runs a program');
  if (printable(address) !== address || /[\s\\]|%(?:[01][0-9a-f]|7f)/i.test(address)) {
    throw unsafe(address, 'contains spaces, backslashes or invisible characters');
  }
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(address)?.[1]?.toLowerCase();
  switch (scheme) {
    case 'https':
    case 'http':
      return webAddress(address);
    case 'ssh':
      return sshAddress(address);
    case 'file':
      return fileAddress(address);
    case undefined:
      return scpLikeAddress(address);
    case 'git':
      throw unsafe(
        address,
        'uses git://, which proves neither the server nor the code',
        'use https:// or ssh://',
      );
    default:
      throw unsafe(address, `uses "${scheme}", which is not a transport that HiveMind uses`);
  }
}

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;
const GITHUB_PAGE = /^(?<repository>\/[^/]+\/[^/]+)\/(?:tree|commit)\/(?<ref>.+)$/;

function webAddress(address: string): GitAddress {
  if (!URL.canParse(address)) throw unsafe(address, 'is not a URL');
  const url = new URL(address);
  // A lone user name is refused too: forges accept an access token in its place.
  if (/^[^/]*\/\/[^/]*@/.test(address) || url.search !== '') {
    throw unsafe(
      address,
      'carries a user, password or query, which would be stored with the deployment',
      'use the address without them, and a git credential helper or an ssh key for access',
    );
  }
  if (url.protocol === 'http:' && !LOOPBACK.test(url.hostname)) {
    throw unsafe(address, 'uses http://, which proves neither the server nor the code', 'use https://');
  }
  const path = url.pathname.replace(/\/+$/, '');
  if (!isHost(url.hostname) || path === '') throw unsafe(address, 'names no repository on a host');
  const page = /^(?:www\.)?github\.com$/.test(url.host) ? GITHUB_PAGE.exec(path)?.groups : undefined;
  if (page === undefined) return { url: `${url.origin}${path}` };
  return { url: `https://github.com${page['repository']}`, ref: decoded(address, page['ref'] ?? '') };
}

const SSH_URL =
  /^ssh:\/\/(?:(?<user>[^@/]*)@)?(?<host>\[[0-9a-f:.]+\]|[^@/:[\]]+)(?::\d{1,5})?(?<path>\/[^?]+)$/i;
const SCP_LIKE = /^(?<user>[^@:/]+)@(?<host>[^@:/]+):(?<path>[^?]+)$/;

function sshAddress(address: string): GitAddress {
  const { user, host, path } = SSH_URL.exec(address)?.groups ?? {};
  if (user?.includes(':')) {
    throw unsafe(
      address,
      'carries a password, which would be stored with the deployment',
      'use an ssh key instead',
    );
  }
  if (host === undefined || path === undefined) throw unsafe(address, 'is not an ssh address');
  assertSshParts(address, user, host, path);
  return { url: `ssh${address.slice('ssh'.length).replace(/\/+$/, '')}` };
}

function scpLikeAddress(address: string): GitAddress {
  const { user, host, path } = SCP_LIKE.exec(address)?.groups ?? {};
  if (host === undefined || path === undefined)
    throw unsafe(address, 'is neither a folder nor a git address');
  assertSshParts(address, user, host, path);
  return { url: address.replace(/\/+$/, '') };
}

function assertSshParts(address: string, user: string | undefined, host: string, path: string): void {
  const legalUser = user === undefined || /^[a-z0-9_][a-z0-9_.+-]*$/i.test(user);
  if (!legalUser || !isHost(host))
    throw unsafe(address, 'has characters in its user or host that ssh could misread');
  if (/^\/*(?:-|$)/.test(path)) throw unsafe(address, 'has a path that is empty or starts with a hyphen');
}

const isHost = (host: string): boolean => /^(?:[a-z0-9_][a-z0-9_.-]*|\[[0-9a-f:.]+\])$/i.test(host);

function fileAddress(address: string): GitAddress {
  const path = decoded(address, address.replace(/^file:\/\/(?:localhost(?=\/))?/i, ''));
  if (!path.startsWith('/') || path.split('/').includes('..')) {
    throw unsafe(address, 'is not an absolute path without ".."', 'write it as file:///absolute/path');
  }
  if (/[\u0000-\u001f\u007f-\u009f]/.test(path)) throw unsafe(address, 'contains control characters');
  return { url: pathToFileURL(posix.normalize(path).replace(/(?<=.)\/+$/, '')).href };
}

function decoded(address: string, text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (cause) {
    if (!(cause instanceof URIError)) throw cause;
    throw unsafe(address, 'has a broken percent encoding');
  }
}

/** The rules of `git check-ref-format`, and no leading hyphen. */
function assertRef(ref: string): void {
  const illegal =
    /^[-/]|[\s~^:?*[\\]|\.\.|@\{|\/\/|[/.]$|(?:^|\/)\.|\.lock(?:\/|$)|^@$/.test(ref) ||
    printable(ref) !== ref;
  if (!illegal) return;
  throw new HiveMindError('UnsafeSource', `"${shown(ref)}" is not a branch, tag or commit that git allows`, {
    hint: 'name the branch, the tag or the full commit id after "#", for example #main',
  });
}

const unsafe = (text: string, why: string, hint = HINT): HiveMindError =>
  new HiveMindError('UnsafeSource', `the source "${shown(text)}" ${why}`, { hint });

/** For messages: short, without control characters, and without anything that may be a credential. */
function shown(text: string): string {
  const harmless = printable(text.replace(/^([a-z+.-]*:\/\/)?.*@/i, '$1***@').replace(/\?.*/s, '?***'));
  return harmless.length > 100 ? `${harmless.slice(0, 97)}...` : harmless;
}
