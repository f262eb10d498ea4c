/** For a server of one application on a machine that it shares: little memory, loopback only, no statements in the log. */
const SETTINGS: Readonly<Record<string, string>> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '100',
  shared_buffers: '16MB',
  wal_buffers: '1MB',
  maintenance_work_mem: '32MB',
  max_wal_size: '256MB',
  max_wal_senders: '0',
  wal_level: 'minimal',
  max_logical_replication_workers: '0',
  autovacuum_max_workers: '1',
  fsync: 'on',
  logging_collector: 'off',
  log_destination: 'stderr',
  log_line_prefix: '',
  log_checkpoints: 'off',
  log_statement: 'none',
  // A failing statement could contain a password.
  log_min_error_statement: 'panic',
};

/** On the command line, where they stand above the files of a cluster that an older HiveMind made. */
export const serverArguments = (dataFolder: string, port: number): readonly string[] => [
  '-D',
  dataFolder,
  '-p',
  String(port),
  ...Object.entries(SETTINGS).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
];
