import { DatabaseSync } from 'node:sqlite';
import { freezeRecord } from '../../../src/contracts/records.ts';
import { systemErrorCode } from '../../../src/domain/errors.ts';
import { type Freeze, frozen } from '../../../src/domain/freeze.ts';
import { singleLine } from '../../../src/domain/plain-text.ts';
import { hasState } from '../server/server-process.ts';
import { type Examine, ok, warn } from './check.ts';

const NAME = 'freeze';

/** Whether somebody has pulled the emergency stop; read from the state, because there may be no server. */
export const examineFreeze: Examine = async (home) => {
  if (!(await hasState(home))) return ok(NAME, 'nothing is frozen');
  try {
    const freeze = readFreeze(home.stateFile);
    if (!freeze) return ok(NAME, 'nothing is frozen');
    const { message, hint } = frozen(freeze);
    return warn(NAME, singleLine(message), hint);
  } catch (error) {
    if (systemErrorCode(error) !== 'ERR_SQLITE_ERROR') throw error;
    return warn(NAME, 'the state cannot be read', 'mend what is said about the state');
  }
};

function readFreeze(stateFile: string): Freeze | undefined {
  const database = new DatabaseSync(stateFile, { readOnly: true });
  try {
    const row = database
      .prepare("SELECT document FROM documents WHERE deployment_id = '' AND kind = 'freeze'")
      .get();
    const document: unknown = JSON.parse(String(row?.['document'] ?? 'null'));
    return freezeRecord.nullable().parse(document) ?? undefined;
  } finally {
    database.close();
  }
}
