import type { Action } from './action.ts';

/** Applied without asking when the diagnosis is sure enough. */
export const SAFE_ACTIONS = {
  retry_with_backoff: { risk: 'safe', does: 'run the same step again after a growing pause', changes: null },
  wait_for_stack: {
    risk: 'safe',
    does: 'wait until the stack leaves its in-progress state, then retry',
    changes: null,
  },
  treat_as_success: { risk: 'safe', does: 'record that nothing had to change and go on', changes: null },
  collect_more_evidence: {
    risk: 'safe',
    does: 'look further: boot log of the instance, journal, target health, Lambda log, stack events',
    changes: null,
  },
  change_install_command: {
    risk: 'safe',
    does: 'install with another command or flag, for example --legacy-peer-deps',
    changes: 'the install command of the plan',
  },
  use_non_frozen_install: {
    risk: 'safe',
    does: 'install without the frozen lock file, and without the lock file when it lacks this platform',
    changes: 'the install command of the plan, and the lock file in the build copy',
  },
  include_dev_dependencies: {
    risk: 'safe',
    does: 'install dev dependencies during the build',
    changes: 'the install command of the plan',
  },
  change_build_command: {
    risk: 'safe',
    does: 'use another build command, or leave out the missing script',
    changes: 'the build command of the plan',
  },
  change_start_command: {
    risk: 'safe',
    does: 'use another start command',
    changes: 'the start command of the plan',
  },
  run_build_step: {
    risk: 'safe',
    does: 'run the build before start',
    changes: 'the build command of the plan',
  },
  set_root_directory: {
    risk: 'safe',
    does: 'build from another directory of the repository',
    changes: 'the root directory of the plan',
  },
  set_runtime_version: {
    risk: 'safe',
    does: 'pin the language or toolchain version on builder and host',
    changes: 'the runtime version of the plan',
  },
  install_system_package: {
    risk: 'safe',
    does: 'install a system package from the allowed list on builder and host',
    changes: 'the system packages of builder and host',
  },
  increase_build_memory: {
    risk: 'safe',
    does: 'give the build one step more memory',
    changes: 'the memory of the build',
  },
  clear_build_cache: {
    risk: 'safe',
    does: 'drop the dependency cache and fetch again',
    changes: 'the dependency cache of the build',
  },
  set_env_var: {
    risk: 'safe',
    does: 'set a variable that is no secret, such as CI=false',
    changes: 'one variable of the environment',
  },
  regenerate_buildspec: {
    risk: 'safe',
    does: "write HiveMind's own buildspec again and point the build project at it",
    changes: 'the buildspec of the build project',
  },
  enable_docker_in_build: {
    risk: 'safe',
    does: 'turn on privileged mode and start the daemon for the build',
    changes: 'the build project',
  },
  fix_exec_bit: {
    risk: 'safe',
    does: 'make the file executable in the build copy, or call it through sh',
    changes: 'the mode of one file in the build copy',
  },
  normalize_line_endings: {
    risk: 'safe',
    does: 'turn CRLF into LF in the build copy',
    changes: 'the line endings of files in the build copy',
  },
  rebuild_on_target_platform: {
    risk: 'safe',
    does: 'rebuild for the target architecture and base image',
    changes: 'the platform of the build',
  },
  change_port: {
    risk: 'safe',
    does: 'use another port, and set it in app, unit and target group alike',
    changes: 'the port in application, unit and target group',
  },
  set_bind_address: {
    risk: 'safe',
    does: 'make the app listen on 0.0.0.0',
    changes: 'the address that the application listens on',
  },
  repair_service_unit: {
    risk: 'safe',
    does: 'write the systemd unit again with the right user, folder and command',
    changes: 'the systemd unit',
  },
  fix_file_permissions: {
    risk: 'safe',
    does: "give the service user the app's own directory (never outside it)",
    changes: 'owner and mode of a path of the application',
  },
  raise_file_limits: {
    risk: 'safe',
    does: 'raise nofile or inotify limits for the unit',
    changes: 'the limits of the unit',
  },
  rewire_database_url: {
    risk: 'safe',
    does: 'write the connection settings again from the stack outputs',
    changes: 'the connection settings of the application',
  },
  enable_db_ssl: {
    risk: 'safe',
    does: 'turn TLS on in the connection settings and give the certificates of RDS',
    changes: 'the connection settings of the application',
  },
  reduce_db_pool: {
    risk: 'safe',
    does: 'lower the pool size',
    changes: 'the connection settings of the application',
  },
  create_database: { risk: 'safe', does: 'create the database that is named', changes: 'one empty database' },
  start_backing_service: {
    risk: 'safe',
    does: 'start the local service or report that the cloud plan lacks it',
    changes: 'one local service',
  },
  run_as_unprivileged_user: {
    risk: 'safe',
    does: 'run local Postgres as another user',
    changes: 'the user of the local PostgreSQL',
  },
  clear_stale_lock: {
    risk: 'safe',
    does: 'remove a lock file whose process is gone (check the pid first)',
    changes: 'one lock file',
  },
  change_health_check: {
    risk: 'safe',
    does: 'change path, codes, port or timing of the health check',
    changes: 'the health check',
  },
  extend_health_check_grace: {
    risk: 'safe',
    does: 'lengthen the grace period or the number of tries',
    changes: 'the timing of the health check',
  },
  change_az: { risk: 'safe', does: 'use other availability zones', changes: 'the zones of the plan' },
  widen_az_coverage: {
    risk: 'safe',
    does: 'put subnets in at least two zones',
    changes: 'the subnets of the plan',
  },
  change_cidr: { risk: 'safe', does: 'pick a free range', changes: 'the address range of the plan' },
  resolve_latest_ami: {
    risk: 'safe',
    does: 'look the AMI up again for the region',
    changes: 'the machine image of the instances',
  },
  drop_key_pair: {
    risk: 'safe',
    does: 'deploy without an EC2 key pair (SSM instead)',
    changes: 'the key pair of the instances',
  },
  regenerate_db_password: {
    risk: 'safe',
    does: 'make a new password that follows the RDS rules',
    changes: 'the master password of the database',
  },
  regenerate_template: {
    risk: 'safe',
    does: 'synthesise the template again with the broken reference or cycle removed',
    changes: 'the template',
  },
  upload_template_to_s3: {
    risk: 'safe',
    does: 'pass the template by S3 URL or split it',
    changes: 'where the template is read from',
  },
  set_parameter: {
    risk: 'safe',
    does: 'set or remove a template parameter',
    changes: 'one parameter of the template',
  },
  rename_resource: {
    risk: 'safe',
    does: 'use a generated name instead of the fixed one',
    changes: 'the name of one resource',
  },
  add_capabilities: {
    risk: 'safe',
    does: 'acknowledge the capabilities that the plan already needs',
    changes: 'what the stack operation acknowledges',
  },
  create_log_group: { risk: 'safe', does: 'create the log group', changes: 'one log group' },
  increase_lambda_timeout: {
    risk: 'safe',
    does: 'give the function of HiveMind more time',
    changes: 'the time limit of one function of HiveMind',
  },
  offload_payload: {
    risk: 'safe',
    does: 'put the state data in S3 and pass a pointer',
    changes: 'where the data of the workflow is kept',
  },
  truncate_prompt: {
    risk: 'safe',
    does: 'shorten the prompt or lower max tokens',
    changes: 'the length of the prompt',
  },
  switch_model: {
    risk: 'safe',
    does: 'use another configured model or inference profile',
    changes: 'the language model that is asked',
  },
  sync_clock: { risk: 'safe', does: 'sync time and sign again', changes: 'the clock of the host' },
  skip_lfs_smudge: {
    risk: 'safe',
    does: 'clone without LFS content, if the build does not need it',
    changes: 'how the source is fetched',
  },
  skip_submodules: {
    risk: 'safe',
    does: 'clone without submodules, if the build does not need them',
    changes: 'how the source is fetched',
  },
} as const satisfies Record<string, Action>;
