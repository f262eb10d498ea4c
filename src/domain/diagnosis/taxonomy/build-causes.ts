import { cause, retryable } from './cause.ts';

/** What goes wrong while the source is fetched and built. */
export const BUILD_CAUSES = {
  git_auth_failed: cause(
    'source',
    'provide_repo_access',
    'git refused the clone or fetch: no or wrong credentials for the app repository',
  ),
  git_repo_not_found: cause(
    'source',
    'correct_repo_reference',
    'the repository URL names nothing the caller can see (wrong URL, or private)',
  ),
  git_ref_not_found: cause(
    'source',
    'correct_repo_reference',
    'branch, tag or commit does not exist in the repository',
  ),
  git_submodule_failed: cause('source', 'skip_submodules', 'a submodule could not be fetched or checked out'),
  git_lfs_failed: cause(
    'source',
    'skip_lfs_smudge',
    'LFS objects could not be downloaded (quota, missing object, missing git-lfs)',
  ),

  no_project_manifest: cause(
    'build',
    'set_root_directory',
    'the build runs in a folder without a package.json or another manifest: the root directory is wrong',
  ),
  dependency_conflict: cause(
    'build',
    'change_install_command',
    'the dependencies ask for versions of a package that exclude each other',
  ),
  lockfile_out_of_sync: cause(
    'build',
    'use_non_frozen_install',
    'the lock file does not fit the manifest, or lacks what this platform needs, and the install may not change it',
  ),
  dependency_not_found: cause(
    'build',
    'fix_source_code',
    'a package or version that the application asks for does not exist in the registry',
  ),
  missing_dependency: cause(
    'build',
    'add_dependency',
    'the code imports a package that is not declared or not installed',
  ),
  registry_auth_failed: cause(
    'build',
    'provide_registry_credentials',
    'a private package registry or private module host refused the credentials',
  ),
  integrity_mismatch: retryable(
    'build',
    'clear_build_cache',
    'downloaded package does not match its recorded checksum',
  ),
  runtime_version_mismatch: cause(
    'build',
    'set_runtime_version',
    'the version of the language, runtime or toolchain is not one that the project works with',
  ),
  missing_system_package: cause(
    'build',
    'install_system_package',
    'a system library, header or tool (a compiler, libpq, Python) is not on the builder or the host',
  ),
  build_tool_missing: cause(
    'build',
    'include_dev_dependencies',
    'the build command is not there: dev dependencies, or the tool itself, were not installed',
  ),
  build_script_missing: cause(
    'build',
    'change_build_command',
    'the build or start script that was called is not defined in the project',
  ),
  build_out_of_memory: cause(
    'build',
    'increase_build_memory',
    'the build ran out of memory and was killed or stopped at its heap limit',
  ),
  compile_error: cause('build', 'fix_source_code', 'the source of the application does not compile'),
  warnings_as_errors: cause(
    'build',
    'set_env_var',
    'the build failed only because warnings count as errors in CI',
  ),
  tests_failed: cause('build', 'escalate', 'the build ran tests and they failed'),
  source_file_missing: cause(
    'build',
    'fix_source_code',
    'a file that the code, the build or the Dockerfile refers to is not in the repository',
  ),
  dockerfile_invalid: cause(
    'build',
    'fix_source_code',
    'the Dockerfile has an error in its syntax or stages, or copies what its context lacks',
  ),
  image_not_found: cause('build', 'fix_source_code', 'base image or tag does not exist'),
  image_pull_rate_limited: retryable(
    'build',
    'retry_with_backoff',
    'registry refused the pull because of a rate limit',
  ),
  docker_daemon_unavailable: cause(
    'build',
    'enable_docker_in_build',
    'docker was called where no Docker daemon runs or may be used',
  ),
  buildspec_invalid: cause(
    'build',
    'regenerate_buildspec',
    'the CodeBuild buildspec is missing, cannot be parsed or is wrong',
  ),
  exec_permission_denied: cause(
    'build',
    'fix_exec_bit',
    'a script or program may not be executed: it lacks its executable bit',
  ),
  crlf_line_endings: cause(
    'build',
    'normalize_line_endings',
    'a script has Windows line endings, so its interpreter is not found',
  ),
  binary_incompatible: cause(
    'build',
    'rebuild_on_target_platform',
    'a binary or image was built for another architecture, C library or runtime',
  ),
} as const;
