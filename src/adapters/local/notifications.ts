import type { Notifications } from '../../ports/notifications.ts';

/** On one machine whoever started a command follows it, and `hivemind status` shows what waits: there is nobody to send anything to. */
export const localNotifications: Notifications = { tell: async () => undefined };
