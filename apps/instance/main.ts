/**
 * What HiveMind does on an instance: `hivemind-instance VERB [PAYLOAD]`, run as root by Systems Manager, prints one JSON document
 * (src/contracts/instance-program.ts). `install` without payload is for the boot script, `serve` for the units of static sites, `forward` for
 * that of an application that insists on a port of its own. It is bundled into
 * one file and travels with the artifact, beside the Node that runs it.
 */
import { writeFile } from 'node:fs/promises';
import * as z from 'zod';
import { INSTANCE_PROGRAM, INSTANCE_VERBS, type InstanceVerb } from '../../src/contracts/instance-program.ts';
import { install } from './install/install.ts';
import { PLACES } from './places.ts';
import { InstanceFailure } from './program-failure.ts';
import { forward } from './verbs/forward.ts';
import { inspect } from './verbs/inspect.ts';
import { replaceRelease } from './verbs/install.ts';
import { logs } from './verbs/logs.ts';
import { ports } from './verbs/ports.ts';
import { probeDatabase } from './verbs/probe-database.ts';
import { run } from './verbs/run.ts';
import { serve } from './verbs/serve.ts';
import { start } from './verbs/start.ts';
import { status } from './verbs/status.ts';
import { stop } from './verbs/stop.ts';

async function answerOf(verb: InstanceVerb, payload: unknown): Promise<unknown> {
  switch (verb) {
    case 'start':
      return start();
    case 'stop':
      return stop();
    case 'status':
      return status();
    case 'install':
      return replaceRelease(INSTANCE_PROGRAM.install.payload.parse(payload));
    case 'run':
      return run(INSTANCE_PROGRAM.run.payload.parse(payload));
    case 'logs':
      return logs(INSTANCE_PROGRAM.logs.payload.parse(payload));
    case 'ports':
      return ports();
    case 'inspect':
      return inspect();
    case 'probe-database':
      return probeDatabase(INSTANCE_PROGRAM['probe-database'].payload.parse(payload));
  }
}

function decoded(payload = 'e30'): unknown {
  try {
    return JSON.parse(Buffer.from(payload, 'base64url').toString());
  } catch {
    throw new InstanceFailure('the payload is not JSON in base64url');
  }
}

/** The reason goes into a file: the boot script passes it on to the stack, without waiting for what still goes on here. */
async function installOrSayWhy(): Promise<void> {
  try {
    await install(process.env);
  } catch (error) {
    await writeFile(PLACES.failure, reasonOf(error));
    process.exit(1);
  }
}

/** An unexpected error is named, not quoted: it may hold anything. */
function reasonOf(error: unknown): string {
  if (error instanceof InstanceFailure) return error.message;
  if (error instanceof z.ZodError) return `wrong payload: ${z.prettifyError(error)}`;
  const { name, code } = error as { readonly name?: string; readonly code?: string };
  return `the instance program failed: ${[name, code].filter(Boolean).join(' ')}`;
}

async function main([verb = '', payload]: readonly string[]): Promise<void> {
  if (verb === 'serve') return serve(decoded(payload));
  if (verb === 'forward') return forward(decoded(payload));
  // The boot script says all in variables; whoever gives a payload has a release for an instance that has one.
  if (verb === 'install' && payload === undefined) return installOrSayWhy();
  try {
    const known = INSTANCE_VERBS.find((name) => name === verb);
    if (known === undefined) throw new InstanceFailure(`"${verb}" is none of ${INSTANCE_VERBS.join(', ')}`);
    console.log(JSON.stringify(await answerOf(known, decoded(payload))));
  } catch (error) {
    console.log(JSON.stringify({ error: reasonOf(error) }));
    process.exitCode = 1;
  }
}

await main(process.argv.slice(2));
