import { describe } from '@jest/globals';
import { localNotifications } from '../../src/adapters/local/notifications.ts';
import { notificationsContract } from './notifications.contract.ts';

describe('local notifications', () => notificationsContract(async () => localNotifications));
