import { posix } from 'node:path';
import { printable } from '../../../domain/deployment.ts';
import { HiveMindError } from '../../../domain/errors.ts';
import type { TreeEntry } from '../../../ports/source-repository.ts';

/** More than any file system allows: a longer target is no link that could ever work. */
export const MAX_LINK_BYTES = 4096;

/**
 * Refuses names that write outside of the folder, into a `.git`, or through a link. git refuses most of them too; here it is
 * known before anything is written, and whatever version of git there is.
 * @throws {HiveMindError} UnsafeRepository
 */
export function assertSafeNames(entries: readonly TreeEntry[]): void {
  const paths = new Set<string>();
  for (const { path, kind } of entries) {
    if (paths.has(path)) throw unsafe(path, 'is there twice');
    paths.add(path);
    const segments = path.split('/');
    if (segments.some(isUnsafeSegment))
      throw unsafe(path, 'is a name that leaves its folder or stands for ".git"');
    if (kind === 'symlink' && /^\.git(?:modules|attributes|ignore)$/i.test(segments.at(-1) ?? '')) {
      throw unsafe(path, 'is a link, where git reads settings');
    }
  }
  const folders = new Set<string>(['.']);
  for (const path of paths) {
    for (let folder = posix.dirname(path); !folders.has(folder); folder = posix.dirname(folder)) {
      if (paths.has(folder)) throw unsafe(path, `lies below "${folder}", which is no folder`);
      folders.add(folder);
    }
  }
}

/**
 * Refuses links that are absolute or lead out of the folder, directly or through other links of the tree.
 * @param targets of all links of the tree, by the path of the link
 * @throws {HiveMindError} UnsafeRepository
 */
export function assertSafeLinks(targets: ReadonlyMap<string, string>): void {
  // Where case is ignored, a path may reach a link by another spelling.
  const byFolded = new Map([...targets].map(([path, target]) => [folded(path), target]));
  const targetOf = (path: string): string | undefined => targets.get(path) ?? byFolded.get(folded(path));
  for (const [path, target] of targets) {
    if (target === '' || target.includes('\0') || Buffer.byteLength(target) > MAX_LINK_BYTES) {
      throw unsafe(path, 'is a link without a proper target');
    }
    const danger = dangerOf(path, targetOf);
    if (danger !== undefined) throw unsafe(path, `is a link that ${danger}, to "${target}"`);
  }
}

/** Refuses names that are one file where the file system ignores case. @throws {HiveMindError} UnsafeRepository */
export function assertNoCaseCollisions(entries: readonly TreeEntry[]): void {
  const collision = caseCollision(entries);
  if (collision === undefined) return;
  throw unsafe(
    collision[1],
    `and "${printable(collision[0])}" are one file on this file system, which ignores case`,
  );
}

/** Two paths, of files or of folders above them, that differ in case or Unicode composition only. */
export function caseCollision(entries: readonly TreeEntry[]): readonly [string, string] | undefined {
  const seen = new Map<string, string>();
  for (const { path } of entries) {
    for (let part = path; part !== '.'; part = posix.dirname(part)) {
      const name = folded(part);
      const other = seen.get(name);
      if (other === part) break;
      if (other !== undefined) return [other, part];
      seen.set(name, part);
    }
  }
  return undefined;
}

const folded = (path: string): string => path.normalize('NFC').toLowerCase();

export const unsafe = (path: string, why: string): HiveMindError =>
  new HiveMindError(
    'UnsafeRepository',
    `"${printable(path.slice(0, 200))}" ${printable(why.slice(0, 300))}`,
    {
      hint: 'take it out of the repository; when the repository is not yours, do not run it, because this can be an attack',
    },
  );

/** Code points that HFS+ ignores in names, as in git's `utf8.c`. */
const IGNORED_BY_HFS = /[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]/g;

function isUnsafeSegment(segment: string): boolean {
  if (segment === '' || segment.includes('\0')) return true;
  return segment.split('\\').some((part, index, parts) => {
    const onHfs = part.replace(IGNORED_BY_HFS, '').toLowerCase();
    // NTFS drops trailing dots and spaces, reads what follows a colon as a stream, and knows `.git` as `git~1`.
    const onNtfs = onHfs.replace(/:.*/s, '').replace(/[. ]+$/, '');
    const leaves =
      part === '.' ||
      part === '..' ||
      (parts.length > 1 && index === 0 && (part === '' || /^[a-z]:$/i.test(part)));
    return leaves || onHfs === '.git' || onNtfs === '.git' || onNtfs === 'git~1';
  });
}

/** The Linux kernel gives up after so many links in one path; other readers may not. */
const MAX_LINKS_FOLLOWED = 40;

function dangerOf(link: string, targetOf: (path: string) => string | undefined): string | undefined {
  const todo = link.split('/').reverse();
  const done: string[] = [];
  let followed = 0;
  for (let segment = todo.pop(); segment !== undefined; segment = todo.pop()) {
    if (segment === '' || segment === '.') continue;
    if (segment === '..') {
      if (done.pop() === undefined) return 'leaves the folder';
      continue;
    }
    done.push(segment);
    const target = targetOf(done.join('/'));
    if (target === undefined) continue;
    if (target.startsWith('/')) return 'is absolute';
    followed += 1;
    if (followed > MAX_LINKS_FOLLOWED) return 'leads in a circle or through too many links';
    done.pop();
    todo.push(...target.split('/').reverse());
  }
  return undefined;
}
