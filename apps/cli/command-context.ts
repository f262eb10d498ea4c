import { type Home, homeFrom } from '../../src/adapters/local/home.ts';
import { Output } from './output.ts';
import type { Session } from './session.ts';

/** Options of every command. */
export interface CommonOptions {
  readonly json?: boolean;
  readonly yes?: boolean;
  /** False with `--no-input`. */
  readonly input: boolean;
}

/** What every command is given. */
export interface CommandContext {
  readonly session: Session;
  readonly output: Output;
  readonly home: Home;
  /** Whether the operator may be asked something. */
  readonly interactive: boolean;
}

export const commandContext = (session: Session, options: CommonOptions): CommandContext => ({
  session,
  output: new Output(session, options.json === true),
  home: homeFrom(session.environment),
  interactive:
    options.input && !options.json && session.stdin.isTTY === true && session.stderr.isTTY === true,
});
