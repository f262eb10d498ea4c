import { expect, test } from '@jest/globals';
import { expectLifeUnder, type Weather } from './life-under-faults.ts';

/** Calls that change something; a second one of the same kind goes through. */
const CHANGES =
  /^(Create|Update|Delete|Put|Register|Deregister|Modify|Start|Send|Set|Execute|BatchWrite|TransactWrite|PUT |POST |DELETE )/;

/** The first call of each kind that changes something is executed, and its answer never arrives. */
function lostAnswers(): { readonly weather: Weather; readonly lost: Set<string> } {
  const lost = new Set<string>();
  return {
    lost,
    weather: ({ service, action }) => {
      const kind = service === 's3' ? `s3 ${action.split(' ')[0]}` : `${service} ${action}`;
      if (!CHANGES.test(action) || lost.has(kind)) return undefined;
      lost.add(kind);
      return 'lose';
    },
  };
}

test('a deployment is made once and goes without a trace when the answer of every kind of change is lost once', async () => {
  const { weather, lost } = lostAnswers();
  await expectLifeUnder(weather);
  expect([...lost]).toEqual(
    expect.arrayContaining([
      'cloudformation CreateStack',
      'cloudformation DeleteStack',
      'dynamodb PutItem',
      'elasticloadbalancing ModifyListener',
      'elasticloadbalancing RegisterTargets',
      'ssm SendCommand',
    ]),
  );
}, 180_000);
