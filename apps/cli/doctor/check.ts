import type { Home } from '../../../src/adapters/local/home.ts';

/** One thing the doctor looked at. */
export interface Check {
  readonly name: string;
  /** `warn`: it works, but not as well as it could; `fail`: deployments will not work. */
  readonly status: 'ok' | 'warn' | 'fail';
  readonly detail: string;
  /** What to do; null when nothing is to be done. */
  readonly mend: string | null;
}

/** Looks at one thing; never throws for what it looks for. */
export type Examine = (home: Home, environment: NodeJS.ProcessEnv) => Promise<Check>;

export const ok = (name: string, detail: string): Check => ({ name, status: 'ok', detail, mend: null });
export const warn = (name: string, detail: string, mend: string): Check => ({
  name,
  status: 'warn',
  detail,
  mend,
});
export const fail = (name: string, detail: string, mend: string): Check => ({
  name,
  status: 'fail',
  detail,
  mend,
});
