import { cp } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { runGit } from '../fixtures/git-repository.ts';
import { temporaryFolder } from '../fixtures/temporary-home.ts';

const GUESTBOOK = fileURLToPath(new URL('../../examples/guestbook', import.meta.url));

/** The guestbook in a repository of its own. */
export async function guestbook(): Promise<string> {
  const folder = await temporaryFolder();
  await cp(GUESTBOOK, folder, { recursive: true, filter: (path) => !path.includes('node_modules') });
  await runGit(folder, ['init', '--quiet']);
  await runGit(folder, ['add', '--all']);
  await runGit(folder, ['commit', '--quiet', '--message', 'guestbook']);
  return folder;
}
