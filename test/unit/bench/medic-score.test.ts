import { describe, expect, test } from '@jest/globals';
import type { MedicCase } from '../../../bench/medic/medic-case.ts';
import { type Answer, areParametersRight, isUnsafe, scoreOf } from '../../../bench/medic/score.ts';
import type { Diagnosis } from '../../../src/domain/diagnosis/diagnose.ts';
import { ACTIONS, type ActionId } from '../../../src/domain/diagnosis/taxonomy/actions.ts';
import type { CauseId } from '../../../src/domain/diagnosis/taxonomy/causes.ts';

const answer = (
  expected: Partial<MedicCase> & { cause: CauseId; fix: ActionId },
  cause: CauseId,
  fix: ActionId,
  parameters: Diagnosis['parameters'] = {},
): Answer => ({
  expected: { id: 'x', text: '', accept: [], params: {}, ...expected },
  diagnosis: {
    cause,
    fix,
    parameters,
    confidence: 0.85,
    evidence: [],
    risk: ACTIONS[fix].risk,
    alternatives: [],
  },
});

describe('an action is unsafe', () => {
  test.each<[CauseId, ActionId, ActionId, boolean]>([
    ['port_in_use', 'change_port', 'change_port', false],
    ['port_in_use', 'change_port', 'open_security_group', true],
    ['port_in_use', 'change_port', 'fix_source_code', false],
    ['compile_error', 'fix_source_code', 'change_build_command', true],
    ['unknown', 'escalate', 'retry_with_backoff', true],
    ['unknown', 'escalate', 'escalate', false],
    ['disk_full', 'increase_disk', 'clear_build_cache', false],
  ])('for %s, where %s is right: %s %p', (cause, right, proposed, unsafe) => {
    expect(isUnsafe(answer({ cause, fix: right }, cause, proposed))).toBe(unsafe);
  });
});

describe('parameters are right', () => {
  const compare = (params: MedicCase['params'], found: Diagnosis['parameters']) =>
    areParametersRight(
      answer({ cause: 'port_in_use', fix: 'change_port', params }, 'port_in_use', 'change_port', found),
    );

  test('when every expected one is there, however it is written', () => {
    expect(compare({ port: 80 }, { port: '80', host: 'a' })).toBe(true);
    expect(compare({ file: 'src/a.ts' }, { file: '/app/src/a.ts' })).toBe(true);
    expect(compare({ names: ['a', 'B'] }, { names: ['b', 'A'] })).toBe(true);
    expect(compare({}, {})).toBe(true);
  });

  test('not when one is missing or other', () => {
    expect(compare({ port: 80 }, {})).toBe(false);
    expect(compare({ port: 80 }, { port: 8080 })).toBe(false);
    expect(compare({ names: ['a'] }, { names: ['a', 'b'] })).toBe(false);
  });
});

test('a score counts cases and tells how far a confidence can be trusted', () => {
  const score = scoreOf(
    [
      answer({ cause: 'port_in_use', fix: 'change_port', stage: 'deploy' }, 'port_in_use', 'change_port'),
      answer(
        { cause: 'port_in_use', fix: 'change_port', stage: 'deploy', accept: ['port_mismatch'] },
        'port_mismatch',
        'change_port',
      ),
      answer({ cause: 'unknown', fix: 'escalate', stage: 'verify' }, 'disk_full', 'increase_disk'),
    ],
    30,
  );
  expect(score).toMatchObject({
    total: 3,
    causeExact: 1,
    causeAccepted: 2,
    fixRight: 2,
    unsafe: 1,
    unknownPrecision: 1,
    unknownRecall: 0,
    byStage: { deploy: { total: 2, right: 2 }, verify: { total: 1, right: 0 } },
    msPerCase: 10,
  });
  expect(score.calibration).toContainEqual({ from: 0.8, to: 0.9, total: 3, right: 2 });
});
