import { InstanceFailure } from '../program-failure.ts';

/** Mode, owner, bytes, day, time, name: a line of `tar --list --verbose --numeric-owner`. */
const LINE = /^(\S)\S* +\S+ +(\d+) +\S+ +\S+ (.*)$/;
const OWN_PLACE = /^((files|runtime|instance)(\/.*)?|manifest\.json)?$/;

/**
 * The rules of the boot script: the archive names nothing outside of its own four places, and holds files, folders and links only. What root
 * runs is no link, and shares no file with what the application may change.
 * @param listing of GNU tar
 * @returns bytes that the entries take
 * @throws {InstanceFailure}
 */
export function checkEntries(listing: string, artifact: string): number {
  let bytes = 0;
  for (const line of listing.split('\n').filter((text) => text !== '')) {
    const [, kind = '', size = '', text = ''] = LINE.exec(line) ?? [];
    const [, path = '', target = ''] = /^(.*?)(?: (?:->|link to) (.*))?$/.exec(text) ?? [];
    if (!isAllowed(kind, path.replace(/^\.\//, ''), target)) {
      throw new InstanceFailure(`the artifact ${artifact} has an entry that does not belong there`);
    }
    bytes += Number(size);
  }
  return bytes;
}

function isAllowed(kind: string, path: string, target: string): boolean {
  if (!OWN_PLACE.test(path) || path.split('/').includes('..')) return false;
  switch (kind) {
    case '-':
    case 'd':
      return true;
    case 'l':
      return /^(files|runtime|instance)\//.test(path) && !/^(runtime\/bin(\/node)?|instance\/.*)$/.test(path);
    case 'h':
      return path.startsWith('files/') && /^(\.\/)?files\//.test(target);
    default:
      return false;
  }
}
