/**
 * Environment variables that HiveMind itself gives to what it runs: where to listen, and what the processes are found by. A value of
 * the operator's would be overwritten without a word.
 */
const PLATFORM_VARIABLES: readonly string[] = ['PORT', 'HIVEMIND_DEPLOYMENT', 'HIVEMIND_INSTANCE'];

export const isPlatformVariable = (name: string): boolean => PLATFORM_VARIABLES.includes(name);

/** What to do instead of setting one. */
export const PLATFORM_VARIABLE_HINT =
  'leave it out: the application reads in PORT where to listen, and --port chooses the port that the service is reached on';
