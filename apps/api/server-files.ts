import { randomBytes } from 'node:crypto';
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import type { Home } from '../../src/adapters/local/home.ts';
import type { ServerFile } from '../../src/contracts/api.ts';
import { HiveMindError, systemErrorCode } from '../../src/domain/errors.ts';

const TOKEN_BYTES = 32;

/**
 * Makes this process the one server of a home. The lock is held by the kernel and ends with the process, however it ends.
 * @throws {HiveMindError} ServerAlreadyRunning
 */
export function lockServer(home: Home): { readonly release: () => void } {
  const lock = new DatabaseSync(home.serverLockFile);
  try {
    lock.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE;');
  } catch (cause) {
    lock.close();
    throw new HiveMindError('ServerAlreadyRunning', `another server works on ${home.root}`, {
      hint: 'use that one, or stop it with `hivemind serve --stop`',
      cause,
    });
  }
  return { release: () => lock.close() };
}

/** The token that clients have to show: made once, readable by its owner only. */
export function serverToken(home: Home): string {
  try {
    return readFileSync(home.tokenFile, 'utf8').trim();
  } catch (error) {
    if (systemErrorCode(error) !== 'ENOENT') throw error;
  }
  const token = randomBytes(TOKEN_BYTES).toString('hex');
  writeWhole(home.tokenFile, token);
  return token;
}

/** Tells clients where the server is. */
export function announceServer(home: Home, server: ServerFile): void {
  writeWhole(home.serverFile, JSON.stringify(server));
}

export function withdrawServer(home: Home): void {
  rmSync(home.serverFile, { force: true });
}

/** Readers see the old contents or the new ones, never a part. */
function writeWhole(file: string, text: string): void {
  const temporary = `${file}.${process.pid}.tmp`;
  writeFileSync(temporary, text, { mode: 0o600 });
  renameSync(temporary, file);
}
