import { HiveMindError } from '../../../src/domain/errors.ts';
import { isOpenQuestion } from '../../../src/domain/fix.ts';
import type { CommandContext } from '../command-context.ts';
import type { ApproveOptions } from '../definitions/mending.ts';
import { sendAnswer } from '../open-question.ts';
import { waitForExecution } from '../wait-for-execution.ts';
import { allValues, givenValues } from './asked-values.ts';
import { namedFix, requireAnswer, showAnswered, workOf } from './named-fix.ts';
import { showWorkEnd } from './work-end.ts';

/** Agrees to a proposed fix, and follows the work that goes on with it. */
export async function approve(
  context: CommandContext,
  idOrName: string,
  options: ApproveOptions,
): Promise<number> {
  const { connection, fix } = await namedFix(context, idOrName);
  const given = await givenValues(context, fix, options);
  await requireAnswer(context, fix, {
    asked: idOrName,
    message: 'Apply this fix?',
    yes: options.yes === true,
  });
  const environment = isOpenQuestion(fix) ? await allValues(context, fix, given) : given;
  if (!environment) throw noValue(fix.id);
  const answered = await sendAnswer(connection, fix, { approve: true, environment });
  if (!options.wait) return await showAnswered(context, connection, answered);
  const since = answered.answer?.at ?? answered.proposedAt;
  const verbose = options.verbose === true;
  const work = await waitForExecution(context, connection, async () => workOf(fix), { verbose, since });
  return await showWorkEnd(context, connection, work);
}

const noValue = (id: string): HiveMindError =>
  new HiveMindError('ConfirmationRequired', 'a value was not given, and nothing was changed', {
    hint: `the question goes on waiting: hivemind approve ${id}`,
  });
