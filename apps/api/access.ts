import { timingSafeEqual } from 'node:crypto';
import type { MiddlewareHandler } from 'hono';
import { HiveMindError } from '../../src/domain/errors.ts';

/**
 * Lets only the holder of the token in. The Host header has to name the loopback interface: a page that reaches it through a
 * name of its own (DNS rebinding) is turned away before anything else is looked at.
 */
export function requireToken(token: string): MiddlewareHandler {
  const expected = Buffer.from(`Bearer ${token}`);
  return async (context, next) => {
    const given = Buffer.from(context.req.header('authorization') ?? '');
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) throw notSignedIn();
    await next();
  };
}

export const requireLoopbackHost: MiddlewareHandler = async (context, next) => {
  const host = (context.req.header('host') ?? '').replace(/:\d+$/, '');
  if (!['127.0.0.1', 'localhost', '[::1]'].includes(host)) throw notSignedIn();
  await next();
};

const notSignedIn = (): HiveMindError =>
  new HiveMindError('NotSignedIn', 'the request does not carry the token of this server', {
    hint: 'use the `hivemind` command as the user who started the server: the token is in a file only that user can read',
  });

const ACTOR = /^[\w.+-]{1,64}@[\w.-]{1,255}$/;

/** Who says to be asking; the token decided already that they may. */
export const actorOf = (header: string | undefined): string =>
  header !== undefined && ACTOR.test(header) ? header : 'unknown@localhost';
