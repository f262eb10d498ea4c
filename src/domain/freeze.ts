import { HiveMindError } from './errors.ts';

/** The emergency stop: while it stands nothing new starts, and what runs waits before its next change. */
export interface Freeze {
  readonly reason: string;
  /** Who pulled it: `user@host`. */
  readonly actor: string;
  readonly at: string;
}

export const frozen = ({ reason, actor, at }: Freeze): HiveMindError =>
  new HiveMindError('Frozen', `everything is frozen by ${actor} since ${at}: ${reason}`, {
    hint: 'when it is safe to go on: hivemind resume',
  });
