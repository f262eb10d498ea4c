import type { Evidence } from '../../src/domain/plan.ts';
import type { Folder } from './folder.ts';
import { excerpt } from './package-json.ts';

export interface ProcfileEntry {
  readonly name: string;
  readonly line: string;
  readonly evidence: Evidence;
}

/** Bounds a hostile file; real ones have a handful. */
const MAXIMUM_ENTRIES = 20;
const MAXIMUM_LENGTH = 4000;
const ENTRY = /^([A-Za-z0-9][A-Za-z0-9_-]{0,39})[ \t]{0,8}:(.*)$/;

/** The processes that a Procfile names; of repeated names the last one counts, as with Heroku. */
export async function readProcfile(folder: Folder): Promise<readonly ProcfileEntry[]> {
  const text = (await folder.read('Procfile')) ?? '';
  const entries = new Map<string, ProcfileEntry>();
  for (const [index, raw] of text.split('\n').entries()) {
    const [, name, rest] = ENTRY.exec(raw.trim()) ?? [];
    const line = rest?.trim();
    if (
      name === undefined ||
      !line ||
      line.length > MAXIMUM_LENGTH ||
      line.includes('\0') ||
      entries.size >= MAXIMUM_ENTRIES
    )
      continue;
    entries.set(name, {
      name,
      line,
      evidence: folder.evidence('Procfile', `${name}: ${excerpt(line)}`, index + 1),
    });
  }
  return [...entries.values()];
}
