import { cause, retryable } from './cause.ts';

/** What goes wrong while the infrastructure is made, changed and removed. */
export const INFRASTRUCTURE_CAUSES = {
  template_invalid: cause(
    'cloudformation',
    'regenerate_template',
    'the CloudFormation template is malformed or refers to something undefined',
  ),
  template_circular_dependency: cause(
    'cloudformation',
    'regenerate_template',
    'resources of the template depend on each other in a circle',
  ),
  template_too_large: cause(
    'cloudformation',
    'upload_template_to_s3',
    'the template is larger than CloudFormation takes',
  ),
  parameter_invalid: cause(
    'cloudformation',
    'set_parameter',
    'a parameter or property has a value that is refused',
  ),
  cfn_capabilities_missing: cause(
    'cloudformation',
    'add_capabilities',
    'the IAM or AUTO_EXPAND capability was not acknowledged',
  ),
  stack_rollback_complete: cause(
    'cloudformation',
    'delete_and_recreate_stack',
    'the stack was rolled back when it was created and cannot be updated (ROLLBACK_COMPLETE)',
  ),
  stack_update_rollback_failed: cause(
    'cloudformation',
    'continue_update_rollback',
    'the rollback of the stack failed; it stays as it is until that goes on (UPDATE_ROLLBACK_FAILED)',
  ),
  stack_busy: retryable('cloudformation', 'wait_for_stack', 'another operation is in progress on the stack'),
  no_changes: cause('cloudformation', 'treat_as_success', 'there is nothing to update, which is no failure'),
  resource_already_exists: cause(
    'cloudformation',
    'rename_resource',
    'a resource with that name already exists',
  ),
  cdk_bootstrap_missing: cause(
    'cloudformation',
    'bootstrap_cdk',
    'the CDK bootstrap stack is missing or too old',
  ),
  instance_signal_timeout: cause(
    'cloudformation',
    'collect_more_evidence',
    'the instance did not report success in time',
  ),
  instance_bootstrap_failed: cause(
    'cloudformation',
    'collect_more_evidence',
    'the instance reported that its boot script failed',
  ),
  custom_resource_no_response: cause(
    'cloudformation',
    'collect_more_evidence',
    'a custom resource did not answer CloudFormation in time',
  ),
  delete_blocked_by_dependency: retryable(
    'cloudformation',
    'remove_blocking_dependency',
    'something still uses the resource that is to be deleted',
  ),
  resource_not_empty: cause(
    'cloudformation',
    'empty_resource',
    'the bucket or image repository that is to be deleted still holds objects',
  ),
  deletion_protection_enabled: cause(
    'cloudformation',
    'disable_deletion_protection',
    'deletion protection keeps the resource from being deleted',
  ),

  quota_exceeded: cause(
    'aws_capacity_and_config',
    'request_quota_increase',
    'a quota of the AWS account is reached',
  ),
  insufficient_capacity: retryable(
    'aws_capacity_and_config',
    'change_az',
    'AWS has no capacity for that instance type in that zone now',
  ),
  instance_type_unsupported: cause(
    'aws_capacity_and_config',
    'change_az',
    'the instance type is not offered in that zone or configuration',
  ),
  insufficient_az_coverage: cause(
    'aws_capacity_and_config',
    'widen_az_coverage',
    'the load balancer or database needs subnets in two or more zones',
  ),
  cidr_conflict: cause('aws_capacity_and_config', 'change_cidr', 'subnet range overlaps another one'),
  ami_not_found: cause(
    'aws_capacity_and_config',
    'resolve_latest_ami',
    'the machine image (AMI) does not exist in this region or for this account',
  ),
  key_pair_not_found: cause('aws_capacity_and_config', 'drop_key_pair', 'EC2 key pair does not exist'),
  rds_invalid_password: cause(
    'aws_capacity_and_config',
    'regenerate_db_password',
    'the master password breaks the rules of RDS',
  ),
  rds_engine_version_unavailable: cause(
    'aws_capacity_and_config',
    'change_db_settings',
    'RDS does not offer that version of the database engine',
  ),
  rds_class_unsupported: cause(
    'aws_capacity_and_config',
    'change_db_settings',
    'the RDS instance class does not fit the engine, version or zone',
  ),
  no_egress: cause(
    'aws_capacity_and_config',
    'enable_egress',
    'the host has no way out to the internet (no NAT, no endpoint)',
  ),
  inbound_port_blocked: cause(
    'aws_capacity_and_config',
    'open_security_group',
    'a public port is closed to the outside by a firewall or security group',
  ),
  ssm_instance_not_registered: retryable(
    'aws_capacity_and_config',
    'repair_ssm_registration',
    'SSM does not know the instance, or its agent is not online',
  ),
  log_group_missing: cause(
    'aws_capacity_and_config',
    'create_log_group',
    'CloudWatch log group does not exist',
  ),
  lambda_timeout: cause(
    'aws_capacity_and_config',
    'increase_lambda_timeout',
    'a Lambda function ran past its time limit',
  ),
  workflow_payload_too_large: cause(
    'aws_capacity_and_config',
    'offload_payload',
    'the data of the workflow is over the 256 KiB that Step Functions takes',
  ),
} as const;
