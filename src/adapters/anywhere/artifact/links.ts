import { lstatSync, readlinkSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, sep } from 'node:path';

/** What Linux follows before it gives up with ELOOP (path_resolution(7)). */
const MAX_LINKS_FOLLOWED = 40;

/**
 * Whether the symbolic link at `link`, followed through further links as the kernel does, leaves `root`. A link that leads
 * nowhere stays. `link` lies in `root`, and none of its parent folders is a link.
 */
export function leavesFolder(root: string, link: string): boolean {
  const reached = relative(root, dirname(link)).split(sep).filter(Boolean);
  const target = readlinkSync(link);
  if (isAbsolute(target)) return true;
  const ahead = target.split('/');
  let followed = 1;
  for (let name = ahead.shift(); name !== undefined; name = ahead.shift()) {
    if (name === '' || name === '.') continue;
    if (name === '..') {
      if (reached.pop() === undefined) return true;
      continue;
    }
    const next = linkTarget(join(root, ...reached, name));
    if (next === undefined) {
      reached.push(name);
      continue;
    }
    if (isAbsolute(next)) return true;
    followed += 1;
    if (followed > MAX_LINKS_FOLLOWED) return false;
    ahead.unshift(...next.split('/'));
  }
  return false;
}

/** The target of a symbolic link; undefined for anything else and for what does not exist. */
export function linkTarget(path: string): string | undefined {
  const status = lstatSync(path, { throwIfNoEntry: false });
  return status?.isSymbolicLink() ? readlinkSync(path) : undefined;
}
