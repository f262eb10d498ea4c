import { setTimeout as sleep } from 'node:timers/promises';
import { logLineShape, logsDocument } from '../../../src/contracts/api.ts';
import { EXIT } from '../../../src/domain/errors.ts';
import type { LogLine } from '../../../src/domain/log-line.ts';
import type { CommandContext } from '../command-context.ts';
import type { LogsOptions } from '../definitions/observing.ts';
import { logLineText } from '../render/log-lines.ts';
import { isUnreachable } from '../server/answers.ts';
import type { Connection } from '../server/connection.ts';
import { connectionFor, deploymentPath } from './named-deployment.ts';

const PAUSE_MILLISECONDS = 250;

/** Prints the last lines, and new ones as they come when they are followed. */
export async function logs(context: CommandContext, name: string, options: LogsOptions): Promise<number> {
  const connection = await connectionFor(context, name);
  const path = deploymentPath(name, `/logs?${queryOf(options)}`);
  if (options.follow) return await followLines(context, connection, `${path}&follow=true`);
  const { lines } = await connection.get(path, logsDocument);
  if (context.output.json) context.output.document({ lines });
  else if (lines.length === 0) context.output.note(nothingYet(options));
  else for (const line of lines) context.output.print(logLineText(line, context.output.paint));
  return EXIT.ok;
}

function queryOf({ agent, build, tail }: LogsOptions): URLSearchParams {
  const query = new URLSearchParams({
    sources: build ? 'build' : agent ? 'agent' : 'instance',
    tail: String(tail),
  });
  if (agent) query.set('name', agent);
  return query;
}

const nothingYet = ({ agent, build }: LogsOptions): string =>
  build || agent
    ? 'there are no lines yet'
    : 'the application has written nothing yet; --build shows its build, --agent deployer how it was started';

/** Until the server says that there will be no more lines; a server that goes away is only a pause. */
async function followLines(
  { session, output }: CommandContext,
  connection: Connection,
  path: string,
): Promise<number> {
  const stop = new AbortController();
  const stopListening = session.onInterrupt(() => stop.abort());
  session.stdout.once('error', () => stop.abort());
  let last = '';
  const show = (line: LogLine): void => {
    last = line.time;
    if (output.json) output.documentLine(line);
    else output.print(logLineText(line, output.paint));
  };
  try {
    for (;;) {
      const seen = last;
      try {
        for await (const line of connection.stream(path, logLineShape, stop.signal)) {
          if (line.time > seen) show(line);
        }
        return EXIT.ok;
      } catch (error) {
        if (stop.signal.aborted) return EXIT.ok;
        if (!isUnreachable(error)) throw error;
        await sleep(PAUSE_MILLISECONDS);
        await connection.reopen();
      }
    }
  } finally {
    stopListening();
  }
}
