import { type Command, InvalidArgumentError, Option } from 'commander';
import { ANSWER_SECONDS, FIX_POLICIES, type FixPolicy } from '../../../src/domain/fix.ts';
import { PLAN_SETTINGS } from '../../../src/domain/plan-settings.ts';
import { collected } from './definition.ts';
import { duration } from './duration.ts';

/** What may be done about a failure. */
export interface MendingOptions {
  readonly fix?: FixPolicy;
  readonly answerWithin?: number;
}

export interface PlanOptions {
  readonly set: readonly string[];
}

export const withMendingOptions = (command: Command): Command =>
  command
    .addOption(
      new Option(
        '--fix <policy>',
        'what may be done about a failure: ask (what is safe is done, the rest asked; default), safe (never asks), none',
      ).choices(FIX_POLICIES),
    )
    .option(
      '--answer-within <duration>',
      'how long a question waits for its answer (default: 24h)',
      answerTime,
    );

export const SET = new Option(
  '--set <key=value>',
  `set a part of the plan (repeatable; empty takes it back): ${Object.keys(PLAN_SETTINGS).join(', ')}`,
)
  .argParser(collected)
  .default([], 'none');

function answerTime(text: string): number {
  const seconds = duration(text);
  if (seconds >= 1 && seconds <= ANSWER_SECONDS) return seconds;
  throw new InvalidArgumentError('It is not a duration from 1s to 24h.');
}
