import { hostname, userInfo } from 'node:os';

/** Who runs the command, as `user@host`, in the characters that the server takes. */
export const actor = (): string => `${plain(userName()).slice(0, 64)}@${plain(hostname()).slice(0, 255)}`;

const plain = (text: string): string => text.replace(/[^\w.-]/g, '-');

/** A container may run as a user id that has no name. */
function userName(): string {
  try {
    return userInfo().username;
  } catch (error) {
    if (error instanceof Error) return `uid-${process.getuid?.() ?? 'unknown'}`;
    throw error;
  }
}
