import { describe, expect, test } from '@jest/globals';
import {
  type CheckResult,
  HealthRecord,
  healthDiffers,
} from '../../../../../src/adapters/local/load-balancer/health-record.ts';
import fc from '../../../../fixtures/properties.ts';

const passed: CheckResult = { passed: true, status: 200 };
const failed: CheckResult = { passed: false, status: 500, reason: 'GET / answered 500' };

describe('health record', () => {
  test('needs one pass to become healthy as a new target', () => {
    const record = new HealthRecord();
    for (const result of [failed, failed, passed]) record.add(result);
    expect(record.of('i-1')).toEqual({
      id: 'i-1',
      state: 'healthy',
      reason: null,
      lastStatus: 200,
      consecutive: 1,
    });
  });

  test('needs two passes to become healthy again', () => {
    const record = new HealthRecord();
    for (const result of [passed, failed, failed, passed]) record.add(result);
    expect(record.state).toBe('unhealthy');
    record.add(passed);
    expect(record.state).toBe('healthy');
  });

  test('needs two failures to become unhealthy', () => {
    const record = new HealthRecord();
    for (const result of [passed, passed, failed]) record.add(result);
    expect(record.state).toBe('healthy');
    record.add(failed);
    expect(record).toMatchObject({
      state: 'unhealthy',
      reason: 'GET / answered 500',
      lastStatus: 500,
      consecutive: 2,
    });
  });

  test('changes an earned verdict after two equal results', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 40 }), (results) => {
        const record = new HealthRecord();
        for (const [index, result] of results.entries()) {
          const before = record.state;
          record.add(result ? passed : failed);
          const isFirstPass = result && !results.slice(0, index).includes(true);
          if (record.state !== before && !isFirstPass) expect(results[index - 1]).toBe(result);
          if (index > 0 && results[index - 1] === result)
            expect(record.state).toBe(result ? 'healthy' : 'unhealthy');
        }
      }),
    );
  });

  test('is unhealthy at once when condemned', () => {
    const record = new HealthRecord();
    for (const result of [passed, passed]) record.add(result);
    record.condemn('the process exited');
    expect(record).toMatchObject({ state: 'unhealthy', reason: 'the process exited', lastStatus: null });
    record.add(passed);
    expect(record.state).toBe('unhealthy');
  });

  test('takes counting on for nothing new', () => {
    const once = [{ id: 'i-1', state: 'healthy', reason: null, lastStatus: 200, consecutive: 2 }] as const;
    expect(healthDiffers(once, [{ ...once[0], consecutive: 3 }])).toBe(false);
    expect(healthDiffers(once, [{ ...once[0], state: 'draining' }])).toBe(true);
    expect(healthDiffers(once, [])).toBe(true);
  });
});
