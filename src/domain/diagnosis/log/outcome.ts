import { isError, isPassedTest, saysNothing } from './line-kinds.ts';
import type { NumberedLine } from './log-reader.ts';

/** How far a log is overtaken by what it says later. Numbers of lines; 0 when nothing is. */
export interface Outcome {
  /** Up to here the work failed perhaps, and ended well all the same. */
  readonly endedWell: number;
  /** Up to here a connection or a service failed perhaps, and what needed it runs. */
  readonly cameUp: number;
}

/** A whole piece of work ended well. */
const ENDED_WELL: readonly RegExp[] = [
  /\bBUILD SUCCESS(?:FUL)?\b/,
  /(?<![\w/.-])(?:build|built|builds|compil\w{1,6}|deploy\w{0,10}|release|rollout|upload|update|upgrade|rollback|migrations?|installation|tests?|checks?|job|pipeline|workflow|stack|task|cleanup|stage)\b(?![/.-]\w)[^\n]{0,60}\b(?:succeeded|success(?:ful(?:ly)?)?|passed|completed successfully)\b/i,
  /\bsuccessfully (?:built|compiled|deployed|installed|completed|finished|received|rolled out|updated|created|migrated|applied|started|deleted|published|tagged)/i,
  /\bcompiled (?:successfully|in \d|with \d{1,4} warnings?)|✓ built in|\bbuilt in [\d.]{1,8} ?m?s\b/i,
  /^added \d{1,6} packages?|^up to date,? (?:in|audited)|^audited \d|^found 0 vulnerabilities|^Done in \d|^✨ /,
  /^\s{0,8}(?:✅|🎉)/u,
  /(?:^|[\s|])(?:CREATE|UPDATE|DELETE)_COMPLETE[\s|]{1,6}AWS::CloudFormation::Stack\b|\bstack \S{1,128} (?:reached |is )?(?:CREATE|UPDATE|DELETE)_COMPLETE/i,
  /^(?:Bundle|Apply|Destroy) complete!|\b(?:Creation|Destruction) complete after\b|\ball resources (?:removed|deleted|destroyed)\b/,
  /(?:^|\D)[1-9]\d{0,6} (?:passed|passing|tests? passed)\b/,
  /\bFound 0 errors\b|\b0 errors?, \d{1,5} warnings?/i,
  /^\s{0,4}Finished `?(?:release|dev|debug|test|\w{1,20})`? [^\n]{0,40}target\(s\)/,
  /^ok\s{1,4}[\w./-]{1,200}\s{1,4}(?:[\d.]{1,10}s|\(cached\))/,
  /\bnaming to \S{1,200} done\b|^DONE [\d.]{1,8}s$/,
  /\bhealth[- ]?checks? (?:passed|succeeded|ok|is ok|healthy)\b|^2\d\d (?:OK|Created|No Content)\b|^HTTP\/[\d.]{1,3} 2\d\d\b|\/health\w{0,8}[ "](?:(?!\b[3-5]\d\d\b)[^\n]){0,20}\b2\d\d\b|\bis (?:now )?(?:live|deployed)\b|"?(?:State|status|health)"?[:=]\s?"?healthy\b/i,
  /(?:^|[\s:=(])(?:is |are |became |now )?healthy\b(?! (?:after|threshold|host|in|until|before))/i,
  /\b[1-9]\d{0,6} migrations? (?:applied|executed|run|completed)|\bmigrations?:? (?:are )?(?:up[- ]to[- ]date|applied|complete)/i,
];

/** Says of the whole that it is not well, so that no single success counts. */
const STILL_FAILED: readonly RegExp[] = [
  /^(?:--- )?FAIL\b|\bFAILED\b|\bBUILD FAIL/,
  /\b[1-9]\d{0,5} (?:failed|failing|failures?|errors?)\b(?! [›>])|\b(?:failed|failures|errors)[:=] ?[1-9]/i,
  /(?:ERR!|npm error) (?:code|errno|A complete)|\bexit(?:ed)? (?:with )?(?:code|status)[:=]? ?[1-9]|status=(?!143\/|130\/)[1-9]\d{0,2}\//i,
];

/** Something that others connect to, or that connects to others, runs. */
export const CAME_UP =
  /\bready to accept connections\b|\b(?:connection|connected)\b[^\n]{0,40}\b(?:established|ready|restored|successful(?:ly)?|ok)\b|\b(?:re)?connected (?:to|successfully)\b|\bclient (?:is )?ready\b|\b(?:server|application|app|service) (?:is )?(?:now )?(?:ready|up|running|started|listening)\b|\blistening (?:on|at)\b|\bready (?:on|in|at) \S|Application startup complete|Booted in|Started \w{1,80} in [\d.]{1,8} seconds/i;

/** Speaks of a success that is asked for, hoped for or missing. */
export const NOT_YET =
  /n't\b|\b(?:not|never|echo|un(?:healthy|able|successful\w{0,2}|til)|before|wait\w{0,4}|if|is (?:the|your|another)|make sure|please|check that|ensure|whether|should|must|0 of|0\/\d{1,4}|fail\w{0,5})\b/i;
export const FAILS =
  /\b(?:killed|abort(?:ed|ing)?|crash(?:ed|ing|loop\w{0,8})?|unhealthy|timed?[- ]?out|terminated|roll(?:ed|ing)? ?back|rollback|panick?\w{0,4}|exit(?:ed|ing)?|stopp(?:ed|ing)|giv(?:en|ing) up|gave up)\b|_FAILED\b/i;

const fails = ({ text }: NumberedLine): boolean => isError(text) || saysNothing(text) || FAILS.test(text);
const endsWell = ({ text }: NumberedLine): boolean =>
  ENDED_WELL.some((pattern) => pattern.test(text)) &&
  !NOT_YET.test(text) &&
  !/^(?:error|fatal)\b|\bartifacts of successful builds\b/i.test(text);

/** What became of everything that went wrong on the way: a success counts only when nothing fails after it. */
export function outcomeOf(lines: readonly NumberedLine[]): Outcome {
  const lastFailure = lines.findLastIndex((line) => fails(line) && !endsWell(line));
  const after = lines.slice(lastFailure + 1);
  const cameUp = after.findLast(({ text }) => CAME_UP.test(text) && !NOT_YET.test(text))?.number ?? 0;
  const isWhole = !lines.some(
    ({ text }) => !isPassedTest(text) && STILL_FAILED.some((pattern) => pattern.test(text)),
  );
  const endedWell = isWhole ? (after.findLast(endsWell)?.number ?? 0) : 0;
  return { endedWell, cameUp };
}
