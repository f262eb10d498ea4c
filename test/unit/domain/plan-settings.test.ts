import { describe, expect, test } from '@jest/globals';
import { mergePlanSettings, parsePlanSettings } from '../../../src/domain/plan-settings.ts';

describe('settings of a plan', () => {
  test('are taken by name', () => {
    const given = { healthCheckPath: '/healthz', migrations: 'none', start: 'node app.js', database: 'none' };
    expect(parsePlanSettings(given)).toEqual(given);
  });

  test.each([
    ['colour', 'blue'],
    ['healthCheckPath', 'healthz'],
    ['healthCheckPath', '/a b'],
    ['root', '../other'],
    ['root', '/etc'],
    ['database', 'mysql'],
    ['webSocket', 'yes'],
    ['start', 'none'],
    ['port', '80'],
    ['port', '70000'],
    ['port', '3000.5'],
    ['port', 'any'],
    ['buildMemory', '0'],
    ['buildMemory', '4 GB'],
    ['buildMemory', '1e3'],
    ['buildMemory', '0x400'],
    ['build', 'npm run build\u0000'],
    ['build', 'x'.repeat(2_001)],
    ['__proto__', 'x'],
  ])('refuse %s=%s', (key, value) => {
    expect(() => parsePlanSettings(Object.fromEntries([[key, value]]))).toThrow(
      expect.objectContaining({ code: 'InvalidInput' }),
    );
  });

  test('know ports and memory', () => {
    const given = { port: '3000', buildMemory: '4096' };
    expect(parsePlanSettings(given)).toEqual(given);
    expect(parsePlanSettings({ port: 'none' })).toEqual({ port: 'none' });
  });

  test('stay until they are set again or taken back', () => {
    const earlier = { healthCheckPath: '/a', build: 'npm run build' };
    expect(mergePlanSettings(earlier, {})).toEqual(earlier);
    expect(mergePlanSettings(earlier, { healthCheckPath: '/b', build: '' })).toEqual({
      healthCheckPath: '/b',
    });
    expect(mergePlanSettings(undefined, { build: '' })).toBeUndefined();
  });
});
