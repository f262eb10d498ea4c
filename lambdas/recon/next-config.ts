import { readConfig } from './config-file.ts';
import type { Folder } from './folder.ts';
import type { StartScript } from './start-script.ts';

/** The setting that makes `next build` write files: then `next start` refuses to run. */
export const nextStaticExport = async (folder: Folder) =>
  (await readConfig(folder, 'next.config')).setting(/\boutput\s{0,4}:\s{0,4}['"](export)['"]/);

/** A start script as it can be used: `next start` cannot where Next.js writes files. */
export async function usableStart(
  start: StartScript | undefined,
  folder: Folder,
): Promise<StartScript | undefined> {
  if (start?.kind !== 'server' || !/^next start\b/.test(start.line)) return start;
  return (await nextStaticExport(folder)) ? { ...start, kind: 'development' } : start;
}
