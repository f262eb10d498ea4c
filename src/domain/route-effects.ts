/** Names of routes that a request might change something with, or wait for in vain. */
const EFFECTS =
  /log-?(?:in|out)|sign|auth|callback|delete|remove|destroy|reset|cron|job|send|mail|export|download|admin|subscribe|verify|confirm|hook|stream|event|sse|socket|shutdown|restart/i;
/** Whole path without parameters, query, escapes or another host. */
const PLAIN = /^\/[\w./-]{0,100}$/;

/** Whether a GET request is likely to do no more than read. A name promises nothing; what it warns of is left alone. */
export const isHarmlessRoute = (path: string): boolean =>
  PLAIN.test(path) && !path.includes('//') && !path.includes('..') && !EFFECTS.test(path);
