import semver from 'semver';
import type { FixAction } from '../../../src/domain/fix.ts';
import { fixAction } from './fix-action.ts';
import type { Ailment, Remedy } from './proposal.ts';
import { textIn } from './untrusted.ts';

/** Versions of Node.js that there are, with room for those to come. */
const MAJORS = { first: 10, last: 60 };
const RANGE = /^[\d.xX*<>=^~| v-]{1,60}$/;
const EXACT = /^v?\d{1,2}(?:\.(?:\d{1,3}|x)){0,2}$/;

/** Another Node.js, in the range that something has asked for. A Python is that of the machine. */
export const setRuntimeVersion: Remedy = (ailment) => {
  const { plan, diagnosis } = ailment;
  const runtime = textIn(diagnosis.parameters, 'runtime');
  if (plan === null || plan.runtime.value === 'python' || (runtime ?? 'node') !== 'node') return [];
  const asked = textIn(diagnosis.parameters, 'required') ?? textIn(diagnosis.parameters, 'version') ?? '';
  const present = plan.runtimeVersion.value;
  // What cannot be had is not had by asking once more.
  if (present !== null && asked.trim() === present) return [anyVersion(ailment, present)];
  const range = rangeOf(asked.trim(), textIn(diagnosis.parameters, 'got'));
  return range === undefined ? [] : [withRange(ailment, range)];
};

/** A range of versions that exist; undefined for a text that is none, or one that is met already. */
function rangeOf(asked: string, got: string | undefined): string | undefined {
  if (!RANGE.test(asked) || semver.validRange(asked) === null) return undefined;
  const present = got === undefined ? null : semver.coerce(got.slice(0, 20));
  const range = EXACT.test(asked) ? aroundVersion(asked, present) : asked;
  const lowest = semver.minVersion(range);
  if (lowest === null || lowest.major > MAJORS.last) return undefined;
  if (semver.intersects(range, `>=${MAJORS.first}.0.0`) === false) return undefined;
  return present !== null && semver.satisfies(present, range) ? undefined : range;
}

/** A single version is the least that is wanted when there is an older one, and the one to go back to when there is a newer one. */
function aroundVersion(asked: string, present: semver.SemVer | null): string {
  const wanted = semver.coerce(asked);
  if (wanted === null) return asked;
  return present !== null && semver.lt(present, wanted) ? `>=${wanted.version}` : `^${wanted.version}`;
}

const withRange = (ailment: Ailment, version: string): FixAction =>
  fixAction(ailment, 'set_runtime_version', {
    does: `build and run with Node.js ${version}`,
    parameters: { runtime: 'node', version },
    change: { plan: { runtimeVersion: version } },
  });

const anyVersion = (ailment: Ailment, present: string): FixAction =>
  fixAction(ailment, 'set_runtime_version', {
    does: `build and run with the Node.js there is, although the repository asks for ${RANGE.test(present) ? present : 'another one'}`,
    risk: 'needs-approval',
    parameters: { runtime: 'node', version: '*' },
    change: { plan: { runtimeVersion: '*' } },
  });
