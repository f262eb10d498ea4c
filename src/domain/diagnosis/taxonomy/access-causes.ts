import { cause, retryable } from './cause.ts';

/** What goes wrong with permissions, names, certificates, health checks and language models. */
export const ACCESS_CAUSES = {
  iam_access_denied: cause('access', 'grant_iam_permission', 'an IAM role or user lacks a permission'),
  iam_pass_role_denied: cause('access', 'grant_iam_permission', 'the permission iam:PassRole is missing'),
  explicit_deny_policy: cause(
    'access',
    'escalate',
    'a policy of the organisation or an explicit deny blocks the call',
  ),
  credentials_missing: cause(
    'access',
    'provide_credentials',
    'no AWS credentials, account or region are configured',
  ),
  credentials_expired: cause('access', 'refresh_credentials', 'AWS credentials are expired or invalid'),
  clock_skew: retryable(
    'access',
    'sync_clock',
    'AWS refused the signature, because the clock is off or the request came too late',
  ),
  service_linked_role_missing: retryable(
    'access',
    'create_service_linked_role',
    'a role that the AWS service needs for itself is not there yet',
  ),
  account_restricted: retryable(
    'access',
    'escalate',
    'AWS is still verifying the account, or has blocked it',
  ),
  region_not_enabled: cause('access', 'change_region', 'region or service is not enabled for the account'),

  network_transient: retryable(
    'network_and_tls',
    'retry_with_backoff',
    'fetching from a public host failed: DNS, a reset, a timeout or a 5xx answer',
  ),
  api_throttled: retryable(
    'network_and_tls',
    'retry_with_backoff',
    'AWS refused the call because there were too many',
  ),
  dns_record_missing: retryable('network_and_tls', 'add_dns_record', 'the domain name does not resolve'),
  certificate_validation_pending: retryable(
    'network_and_tls',
    'add_dns_record',
    'the certificate is not validated yet: its DNS record is missing',
  ),
  caa_forbids_issuance: cause(
    'network_and_tls',
    'add_dns_record',
    'a CAA record of the domain forbids this certificate authority',
  ),
  tls_certificate_invalid: cause(
    'network_and_tls',
    'repair_certificate',
    'a certificate is expired, self-signed, for another name or not trusted',
  ),

  health_check_code_mismatch: cause(
    'health',
    'change_health_check',
    'the health check gets a redirect or a client error, which it does not accept',
  ),
  health_check_app_error: cause(
    'health',
    'collect_more_evidence',
    'the health check gets a server error from the application or its proxy',
  ),
  health_check_timeout: cause('health', 'open_security_group', 'the health check gets no answer at all'),
  health_check_failed_unexplained: cause(
    'health',
    'collect_more_evidence',
    'the health check fails, and nothing says why',
  ),
  app_slow_start: retryable(
    'health',
    'extend_health_check_grace',
    'the application was still starting when the check gave up',
  ),

  llm_throttled: retryable(
    'llm',
    'retry_with_backoff',
    'the language model refused the call because there were too many',
  ),
  llm_context_too_long: cause(
    'llm',
    'truncate_prompt',
    'the prompt or the asked output is longer than the language model takes',
  ),
  llm_model_access_denied: cause(
    'llm',
    'enable_model_access',
    'the account has no access to the language model',
  ),
  llm_needs_inference_profile: cause(
    'llm',
    'switch_model',
    'the language model can only be called through an inference profile',
  ),
  llm_model_unavailable: cause('llm', 'switch_model', 'the language model does not exist here or is retired'),

  unknown: cause('other', 'escalate', 'nothing that is known explains this failure'),
} as const;
