import { type Home, homeFrom } from '../../src/adapters/local/home.ts';
import { TARGETS, type Target } from '../../src/domain/deployment.ts';
import { HiveMindError } from '../../src/domain/errors.ts';
import { singleLine } from '../../src/domain/plain-text.ts';
import { Output } from './output.ts';
import type { Session } from './session.ts';

/** Options of every command. */
export interface CommonOptions {
  readonly json?: boolean;
  readonly yes?: boolean;
  readonly target?: Target;
  /** False with `--no-input`. */
  readonly input: boolean;
}

/** What every command is given. */
export interface CommandContext {
  readonly session: Session;
  readonly output: Output;
  readonly home: Home;
  /** Where the deployments are that the command is about. */
  readonly target: Target;
  /** Whether the operator may be asked something. */
  readonly interactive: boolean;
}

export const commandContext = (session: Session, options: CommonOptions): CommandContext => ({
  session,
  output: new Output(session, options.json === true),
  home: homeFrom(session.environment),
  target: options.target ?? targetFrom(session.environment),
  interactive:
    options.input && !options.json && session.stdin.isTTY === true && session.stderr.isTTY === true,
});

/** @throws {HiveMindError} InvalidInput */
function targetFrom(environment: NodeJS.ProcessEnv): Target {
  const value = environment['HIVEMIND_TARGET'] || 'local';
  const target = TARGETS.find((known) => known === value);
  if (target) return target;
  throw new HiveMindError('InvalidInput', `HIVEMIND_TARGET is "${singleLine(value.slice(0, 60))}"`, {
    hint: `set it to one of: ${TARGETS.join(', ')}`,
  });
}
