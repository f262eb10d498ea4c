import type { Topic } from '../signature.ts';

export const LOCAL_DATABASE: Topic = {
  tool: 'a local PostgreSQL or MySQL',
  signatures: [
    {
      cause: 'local_db_run_as_root',
      confidence: 0.96,
      rank: 'root',
      patterns: [
        /(?:initdb|pg_ctl|postgres)[^\n]{0,40}cannot be (?:run|executed) as root/i,
        /"root" execution of the PostgreSQL server is not permitted/i,
        /Postgres(?:QL)? does not support running as root/i,
        /cannot be run as root[\s\S]{0,200}(?:unprivileged|server process)/i,
        /must be started under an unprivileged user/i,
        /how to run mysqld as root/i,
        /(?:must not|should not|refus\w{1,4} to|can(?:no|')t) (?:be )?(?:run|start)(?:ning)? as root[^\n]{0,80}/i,
      ],
      excludes: /Chrome|chromium|no-sandbox|npm/i,
    },
    {
      cause: 'local_db_data_dir_incompatible',
      confidence: 0.96,
      rank: 'root',
      details: [
        /initialized by PostgreSQL version (?<data_version>[\d.]{1,10}), which is not compatible with this version (?<server_version>\d{1,3}(?:\.\d{1,3}){0,2})/i,
        /initialized with CATALOG_VERSION_NO (?<data_version>\d{4,12}), but the server was compiled with CATALOG_VERSION_NO (?<server_version>\d{4,12})/i,
        /initialized with PG_CONTROL_VERSION (?<data_version>\d{2,8})[^\n]{0,80}compiled with PG_CONTROL_VERSION (?<server_version>\d{2,8})/i,
      ],
      patterns: [
        /database files are incompatible with server/i,
        /data directory was initialized by PostgreSQL version/i,
        /CATALOG_VERSION_NO|PG_CONTROL_VERSION/,
        /(?:data(?: directory)?|cluster|database)[^\n]{0,60}(?:was )?(?:created|initiali[sz]ed) (?:by|with|using) (?:an? )?(?:older|newer|different|incompatible|other)[^\n]{0,30}version/i,
        /is not a valid data directory|"PG_VERSION" is missing|does not contain valid data/i,
        /Cannot boot server version \d{1,8} on data directory built by version/i,
        /Unsupported redo log format|Upgrade is not supported after a crash|Cannot (?:downgrade|upgrade) from \d{4,6}|Invalid MySQL server (?:upgrade|downgrade)/i,
        /there appears to be PostgreSQL data in|in 18\+, these Docker images/i,
        /incompatible (?:data )?directory[^\n]{0,60}(?:postgres|version)/i,
        /directory "(?<path>[^"\n]{1,200})" exists but is not empty/i,
      ],
    },
    {
      cause: 'local_db_stale_lock',
      confidence: 0.96,
      rank: 'root',
      details: [/\(PID (?<pid>\d{1,10})\)/, /lock file "(?<path>\/[^"\n]{1,200})"/],
      patterns: [
        /lock file "[^"\n]{1,200}(?:postmaster\.pid|\.s\.PGSQL\.\d{1,5}\.lock)" already exists/i,
        /Is another (?:postmaster|postgres) \(PID \d{1,10}\) (?:running|using)/i,
        /bogus data in lock file|lock file "[^"\n]{1,200}" is empty/i,
        /another server might be running(?![\s\S]{0,1000}?database files are incompatible with server)/i,
        /pre-existing shared memory block[^\n]{0,80}still in use/i,
        /could not (?:create|remove old) lock file "[^"\n]{1,200}"(?!: (?:Permission denied|No such file|No space))/i,
        /Unable to lock \.\/(?:ibdata1|aria_log)/i,
        /Unable to lock the lock file|mongod\.lock/i,
        /postmaster\.pid[^\n]{0,60}(?:stale|exists|already)/i,
        /(?:stale|left[- ]?over) (?:pid|lock) file/i,
      ],
    },
  ],
};
