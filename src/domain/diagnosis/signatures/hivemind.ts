import type { Topic } from '../signature.ts';

/** What HiveMind's own stages say about what they saw; a log says more. */
export const HIVEMIND: Topic = {
  tool: 'HiveMind',
  signatures: [
    {
      cause: 'health_check_app_error',
      confidence: 0.94,
      rank: 'observed',
      patterns: [
        /(?:GET|HEAD) (?<path>\/\S{0,200}) answered (?<code>5\d\d)\b/,
        /the health check was answered (?<code>5\d\d)\b/,
      ],
    },
    {
      cause: 'health_check_code_mismatch',
      confidence: 0.94,
      rank: 'observed',
      patterns: [
        /(?:GET|HEAD) (?<path>\/\S{0,200}) answered (?<code>[34]\d\d)\b/,
        /the health check was answered (?<code>[34]\d\d)\b/,
        /answered with a status that does not mean healthy/,
      ],
    },
    {
      cause: 'health_check_timeout',
      confidence: 0.9,
      rank: 'observed',
      fix: 'collect_more_evidence',
      patterns: [
        /is not healthy after [\d.]{1,8} s: no answer/,
        /(?:no answer|did not end) within [\d.]{1,8} s\b/,
        /no answer to the health check in time/,
      ],
    },
    {
      cause: 'port_mismatch',
      confidence: 0.96,
      rank: 'observed',
      patterns: [
        /listens on port (?<got>\d{1,5})[\d, ]{0,60} instead of the port it was given in PORT \((?<expected>\d{1,5})\)/,
      ],
    },
    {
      cause: 'wrong_bind_address',
      confidence: 0.96,
      rank: 'root',
      patterns: [/listens on port (?<port>\d{1,5}), though not on the address 127\.0\.0\.1/],
    },
    {
      cause: 'app_slow_start',
      confidence: 0.75,
      rank: 'symptom',
      patterns: [
        /did not open its port \(PORT=(?<port>\d{1,5})\) within (?<seconds>[\d.]{1,8}) s/,
        /has not confirmed within (?<seconds>\d{1,6}) s that it runs/,
      ],
    },
    {
      cause: 'missing_env_var',
      confidence: 0.97,
      rank: 'root',
      patterns: [/the environment variable (?<name>[A-Za-z_]\w{0,80}) is not set/],
    },
    {
      cause: 'runtime_version_mismatch',
      confidence: 0.95,
      rank: 'root',
      params: { runtime: 'node' },
      patterns: [/the application asks for Node\.js (?<required>[^\n,]{1,40}),/],
    },
    {
      cause: 'stack_update_rollback_failed',
      confidence: 0.95,
      rank: 'root',
      patterns: [
        /the stack "(?<stack>[^"\n]{1,128})" is stuck in a rollback that failed/,
        /the stack "(?<stack>[^"\n]{1,128})" can neither be changed nor go back to what it was/,
      ],
    },
    {
      cause: 'stack_rollback_complete',
      confidence: 0.75,
      rank: 'symptom',
      only: ['provision'],
      params: { status: 'ROLLBACK_COMPLETE' },
      patterns: [/the stack "(?<stack>[^"\n]{1,128})" could not be created: /],
    },
  ],
};
