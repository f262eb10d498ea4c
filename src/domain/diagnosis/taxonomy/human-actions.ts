import type { Action } from './action.ts';

/** What only a person can do; HiveMind changes nothing. */
export const HUMAN_ACTIONS = {
  fix_source_code: {
    risk: 'human-only',
    does: "change the application's own files at the place that is shown: HiveMind does not touch them",
    changes: null,
  },
  request_env_value: {
    risk: 'human-only',
    does: 'give the value of the setting: HiveMind never makes one up',
    changes: null,
  },
  provide_repo_access: {
    risk: 'human-only',
    does: 'give HiveMind access to the repository (a credential helper or an ssh key)',
    changes: null,
  },
  correct_repo_reference: {
    risk: 'human-only',
    does: 'correct the address, branch or tag of the repository',
    changes: null,
  },
  provide_registry_credentials: {
    risk: 'human-only',
    does: 'give credentials for the package registry',
    changes: null,
  },
  provide_credentials: { risk: 'human-only', does: 'give AWS credentials and a region', changes: null },
  refresh_credentials: { risk: 'human-only', does: 'sign in to AWS again', changes: null },
  add_dns_record: {
    risk: 'human-only',
    does: 'make or correct the record that is shown at your DNS host',
    changes: null,
  },
  enable_model_access: {
    risk: 'human-only',
    does: 'turn on access to the model in the account',
    changes: null,
  },
  escalate: {
    risk: 'human-only',
    does: 'look at the evidence yourself: there is no fix that HiveMind may make',
    changes: null,
  },
} as const satisfies Record<string, Action>;
