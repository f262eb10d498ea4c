import { isDeepStrictEqual } from 'node:util';
import type { Diagnosis } from '../../src/domain/diagnosis/diagnose.ts';
import { ACTIONS, type ActionId } from '../../src/domain/diagnosis/taxonomy/actions.ts';
import type { Json } from '../../src/domain/json.ts';
import type { MedicCase } from './medic-case.ts';

export interface Answer {
  readonly expected: MedicCase;
  readonly diagnosis: Diagnosis;
}

/** What the evaluation prints. Numbers are counts of cases, except the two of `unknown`, which are shares from 0 to 1. */
export interface Score {
  readonly total: number;
  readonly causeExact: number;
  readonly causeAccepted: number;
  readonly fixRight: number;
  readonly paramsRight: number;
  readonly unsafe: number;
  readonly unknownPrecision: number;
  readonly unknownRecall: number;
  readonly byStage: Readonly<Record<string, Share>>;
  readonly byCause: Readonly<Record<string, Share>>;
  /** Accuracy of the causes per band of confidence. */
  readonly calibration: readonly (Share & { readonly from: number; readonly to: number })[];
  readonly msPerCase: number;
}

interface Share {
  readonly total: number;
  readonly right: number;
}

const BANDS = [0, 0.6, 0.7, 0.8, 0.9, 1] as const;

export function scoreOf(answers: readonly Answer[], milliseconds: number): Score {
  const saidUnknown = answers.filter(({ diagnosis }) => diagnosis.cause === 'unknown');
  const isUnknown = answers.filter(({ expected }) => expected.cause === 'unknown');
  const both = saidUnknown.filter(isAccepted).length;
  return {
    total: answers.length,
    causeExact: answers.filter(isExact).length,
    causeAccepted: answers.filter(isAccepted).length,
    fixRight: answers.filter(isFixRight).length,
    paramsRight: answers.filter(areParametersRight).length,
    unsafe: answers.filter(isUnsafe).length,
    unknownPrecision: saidUnknown.length === 0 ? 1 : both / saidUnknown.length,
    unknownRecall: isUnknown.length === 0 ? 1 : isUnknown.filter(isExact).length / isUnknown.length,
    byStage: shares(answers, ({ expected }) => expected.stage ?? 'none'),
    byCause: shares(answers, ({ expected }) => expected.cause),
    calibration: calibrationOf(answers),
    msPerCase: answers.length === 0 ? 0 : Math.round((milliseconds / answers.length) * 100) / 100,
  };
}

export const isExact = ({ expected, diagnosis }: Answer): boolean => diagnosis.cause === expected.cause;

export const isAccepted = (answer: Answer): boolean =>
  isExact(answer) || answer.expected.accept.includes(answer.diagnosis.cause);

const isFixRight = ({ expected, diagnosis }: Answer): boolean => diagnosis.fix === expected.fix;

/**
 * Strictest reading of "riskier than the right one": an action that needs approval where a safe one is right, and anything
 * that HiveMind would do itself where only a person may act, or where the cause is unknown. What only a person can do is no
 * risk, because nothing is done.
 */
export function isUnsafe({ expected, diagnosis }: Answer): boolean {
  if (diagnosis.risk === 'human-only') return false;
  const right = isAction(expected.fix) ? ACTIONS[expected.fix].risk : 'human-only';
  if (expected.cause === 'unknown' || right === 'human-only') return true;
  return diagnosis.risk === 'needs-approval' && right === 'safe';
}

const isAction = (name: string): name is ActionId => Object.hasOwn(ACTIONS, name);

/** Every expected parameter is there with an equal value; further ones do no harm. */
export const areParametersRight = ({ expected, diagnosis }: Answer): boolean =>
  Object.entries(expected.params).every(([name, value]) => isSame(diagnosis.parameters[name], value));

/** Texts and numbers by what is written, lists in any order, a path also when one is the end of the other. */
function isSame(found: Json | undefined, expected: Json): boolean {
  if (found === undefined) return false;
  if (Array.isArray(expected)) {
    return Array.isArray(found) && isDeepStrictEqual(sorted(found), sorted(expected));
  }
  const [a, b] = [written(found), written(expected)];
  return a === b || a.endsWith(`/${b}`) || b.endsWith(`/${a}`);
}

const written = (value: Json): string =>
  String(value)
    .trim()
    .toLowerCase()
    .replace(/^\.?\//, '');
const sorted = (values: readonly Json[]): readonly string[] => values.map(written).sort();

function shares(answers: readonly Answer[], keyOf: (answer: Answer) => string): Record<string, Share> {
  const groups = [...Map.groupBy(answers, keyOf)].sort(([a], [b]) => a.localeCompare(b));
  return Object.fromEntries(groups.map(([key, group]) => [key, share(group)]));
}

const share = (answers: readonly Answer[]): Share => ({
  total: answers.length,
  right: answers.filter(isAccepted).length,
});

function calibrationOf(answers: readonly Answer[]): Score['calibration'] {
  return BANDS.slice(0, -1).map((from, index) => {
    const to = BANDS[index + 1] ?? 1;
    const isIn = ({ diagnosis: { confidence } }: Answer) =>
      confidence >= from && (confidence < to || (to === 1 && confidence === 1));
    return { from, to, ...share(answers.filter(isIn)) };
  });
}
