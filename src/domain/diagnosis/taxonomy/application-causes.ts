import { cause, retryable } from './cause.ts';

/** What goes wrong while the application starts, runs and uses its database. */
export const APPLICATION_CAUSES = {
  start_entry_missing: cause(
    'app_start',
    'change_start_command',
    'the start command names a file or module that does not exist',
  ),
  build_artifact_missing: cause(
    'app_start',
    'run_build_step',
    'the application was started without the output of its build',
  ),
  module_format_mismatch: cause(
    'app_start',
    'fix_source_code',
    'ES modules and CommonJS are mixed up, so that the process stops while loading',
  ),
  app_code_exception: cause(
    'app_start',
    'fix_source_code',
    'the own code of the application threw an error that nothing caught',
  ),
  missing_env_var: cause('app_start', 'request_env_value', 'a required setting or secret is not set'),
  port_in_use: cause('app_start', 'change_port', 'the port is already taken'),
  privileged_port: cause('app_start', 'change_port', 'the application may not open a port below 1024'),
  port_mismatch: cause(
    'app_start',
    'change_port',
    'the application listens on another port than the proxy or load balancer uses',
  ),
  wrong_bind_address: cause(
    'app_start',
    'set_bind_address',
    'the application listens only on localhost, or on an address that it cannot have',
  ),
  service_unit_invalid: cause(
    'app_start',
    'repair_service_unit',
    'systemd cannot run the unit: its user, folder, command or sandbox is wrong',
  ),
  crash_loop_unexplained: cause(
    'app_start',
    'collect_more_evidence',
    'the service restarts until its limit, and the log does not say why',
  ),
  oom_killed_runtime: cause(
    'app_start',
    'resize_instance',
    'the running application used more memory than it may have and was killed',
  ),
  disk_full: cause('app_start', 'increase_disk', 'no space left on device'),
  file_permission_denied: cause(
    'app_start',
    'fix_file_permissions',
    'the user of the service may not read, write or create a path',
  ),
  file_descriptor_limit: cause(
    'app_start',
    'raise_file_limits',
    'the limit of open files or of watched files is reached (the disk is not full)',
  ),
  backing_service_refused: cause(
    'app_start',
    'start_backing_service',
    'a service other than the main database, such as Redis, does not answer',
  ),

  db_connection_refused: retryable(
    'database',
    'rewire_database_url',
    'nothing accepts connections at the address of the database',
  ),
  db_unreachable_timeout: cause(
    'database',
    'open_security_group',
    'connections to the database time out: a security group, subnet or route is in the way',
  ),
  db_host_unresolved: cause(
    'database',
    'rewire_database_url',
    'the host name of the database does not resolve',
  ),
  db_auth_failed: cause(
    'database',
    'rewire_database_url',
    'the database refused the user or password, or has no such role',
  ),
  db_ssl_required: cause(
    'database',
    'enable_db_ssl',
    'the database demands TLS, or its certificate is not trusted',
  ),
  db_too_many_connections: retryable(
    'database',
    'reduce_db_pool',
    'all connections of the database or of its pool are in use',
  ),
  db_url_malformed: cause(
    'database',
    'rewire_database_url',
    'the connection string of the database cannot be parsed',
  ),
  database_missing: cause(
    'database',
    'create_database',
    'the database that is named does not exist on the server',
  ),
  migrations_missing: cause(
    'database',
    'run_migrations',
    'tables or columns are missing: migrations never ran',
  ),
  migration_failed: cause('database', 'escalate', 'a migration failed or left the database half changed'),
  local_db_run_as_root: cause(
    'database',
    'run_as_unprivileged_user',
    'the local PostgreSQL refuses to run as root',
  ),
  local_db_data_dir_incompatible: cause(
    'database',
    'reset_local_data_dir',
    'the data directory of the local PostgreSQL was made by another version',
  ),
  local_db_stale_lock: cause(
    'database',
    'clear_stale_lock',
    'a lock file of the local PostgreSQL is left over or held by another server',
  ),
} as const;
