import { expect, test } from '@jest/globals';
import type { Notifications } from '../../src/ports/notifications.ts';

/** What every Notifications does. */
export function notificationsContract(open: () => Promise<Notifications>): void {
  test.each([
    ['of every day', { subject: 'shop waits for your answer', text: 'Two\nlines' }],
    [
      'of any length and script',
      { subject: 'Ünïcode 🐝\nand a second line '.repeat(20), text: 'x'.repeat(400_000) },
    ],
    ['without words', { subject: '', text: '' }],
  ])('takes a message %s', async (_kind, message) => {
    const notifications = await open();
    await expect(notifications.tell(message)).resolves.toBeUndefined();
  });
}
