import { describe } from '@jest/globals';
import { localSecurityScanner } from '../../src/adapters/local/security-scanner.ts';
import { temporaryHome } from '../fixtures/temporary-home.ts';
import { securityScannerContract } from './security-scanner.contract.ts';

describe('local security scanner', () =>
  securityScannerContract(async () => localSecurityScanner({ home: await temporaryHome() })));
