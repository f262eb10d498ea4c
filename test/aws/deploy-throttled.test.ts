import { expect, jest, test } from '@jest/globals';
import { Retry } from '@smithy/core/retry';
import { expectLifeUnder, type Weather } from './life-under-faults.ts';
import { throttled } from './proxy.ts';

/** Milliseconds. The SDK takes a second, doubled each time, and most of this test would be waiting; what it does is the same. */
const BACK_OFF_BASE = 100;

/** Every fifth call comes too soon. DynamoDB has a storm of its own in `store-faults.test.ts`; here it would only take long. */
function throttlingStorm(): Weather {
  let calls = 0;
  return (call) => {
    if (call.service === 'dynamodb') return undefined;
    calls += 1;
    return calls % 5 === 0 ? throttled(call) : undefined;
  };
}

test('a deployment is made once and goes without a trace while every fifth call is throttled', async () => {
  const backOff = jest.spyOn(Retry, 'throttlingDelay').mockReturnValue(BACK_OFF_BASE);
  await expectLifeUnder(throttlingStorm());
  expect(backOff).toHaveBeenCalled();
}, 180_000);
