import { posix } from 'node:path';
import { Folder, type Repository } from './folder.ts';
import { type PackageJson, readOtherPackageJson, readPackageJson } from './package-json.ts';

/** Bounds the manifests read of a repository with very many packages. */
const MAXIMUM_PACKAGES = 60;

/** The workspace at the top of the repository that a package is a member of. */
export async function workspaceOf(packageJson: PackageJson): Promise<PackageJson | undefined> {
  const { folder } = packageJson;
  if (folder.path === '.') return undefined;
  const top = new Folder(folder.repository, '.');
  const workspace = await readPackageJson(top);
  if (!workspace) return undefined;
  const globs = await workspaceGlobs(workspace);
  return isMember(folder.path, globs) ? workspace : undefined;
}

export async function workspaceGlobs(workspace: PackageJson): Promise<readonly string[]> {
  const pnpm = (await workspace.folder.read('pnpm-workspace.yaml')) ?? '';
  return [...workspace.workspaces, ...listedPackages(pnpm)];
}

/** The list under `packages:`, in block or flow form. A YAML parser takes minutes for hostile input of this size. */
function listedPackages(text: string): readonly string[] {
  const lines = text.split('\n');
  const start = lines.findIndex((line) => line.startsWith('packages:'));
  if (start === -1) return [];
  const rest = lines.slice(start + 1);
  const end = rest.findIndex((line) => /^[^\s#-]/.test(line));
  const block = [
    lines[start]?.slice('packages:'.length) ?? '',
    ...rest.slice(0, end === -1 ? undefined : end),
  ];
  return block
    .flatMap((line) => line.replace(/#.*/, '').match(/[\w@.*/!-]{1,200}/g) ?? [])
    .filter((glob) => /[\w*]/.test(glob))
    .slice(0, 200);
}

/** Packages of the repository that a member of a workspace depends on, directly or through another one. */
export async function linkedPackages(
  packageJson: PackageJson,
  workspace: PackageJson,
): Promise<readonly PackageJson[]> {
  const globs = await workspaceGlobs(workspace);
  const folders = foldersWith(workspace.folder.repository, 'package.json').filter((path) =>
    isMember(path, globs),
  );
  const members = await Promise.all(
    folders
      .slice(0, MAXIMUM_PACKAGES)
      .map((path) => readOtherPackageJson(new Folder(workspace.folder.repository, path))),
  );
  const byName = new Map(
    members.flatMap((member) => (member?.name === undefined ? [] : [[member.name, member] as const])),
  );
  const linked = new Map<string, PackageJson>();
  const queue = [packageJson];
  for (let next = queue.shift(); next; next = queue.shift()) {
    for (const name of next.dependencyNames) {
      const member = byName.get(name);
      if (!member || member === packageJson || linked.has(name)) continue;
      linked.set(name, member);
      queue.push(member);
    }
  }
  return [...linked.values()];
}

/** Folders that hold a file of this name, the shallow ones first. */
function foldersWith(repository: Repository, name: string): readonly string[] {
  return repository.files
    .filter((file) => posix.basename(file) === name && !file.includes('node_modules/'))
    .map((file) => posix.dirname(file))
    .sort((a, b) => a.split('/').length - b.split('/').length || (a < b ? -1 : 1));
}

function isMember(path: string, globs: readonly string[]): boolean {
  const included = globs.some((glob) => !glob.startsWith('!') && matches(path, glob));
  return included && !globs.some((glob) => glob.startsWith('!') && matches(path, glob.slice(1)));
}

/** `*` is part of one folder name, `**` any number of folders. */
function matches(path: string, glob: string): boolean {
  const parts = posix.normalize(glob).replace(/\/$/, '').split('/');
  const names = path.split('/');
  const deep = parts.indexOf('**');
  const fixed = deep === -1 ? parts : parts.slice(0, deep);
  if (deep === -1 ? names.length !== parts.length : names.length < fixed.length) return false;
  return fixed.every((part, index) => matchesName(names[index] ?? '', part));
}

function matchesName(name: string, part: string): boolean {
  const [prefix = '', suffix] = part.split('*');
  if (suffix === undefined) return name === part;
  return name.length >= prefix.length + suffix.length && name.startsWith(prefix) && name.endsWith(suffix);
}
