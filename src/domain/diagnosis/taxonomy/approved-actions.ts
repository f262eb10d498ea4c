import type { Action } from './action.ts';

/** Applied only when the operator agrees. */
export const APPROVED_ACTIONS = {
  add_dependency: {
    risk: 'needs-approval',
    does: 'add a package to the manifest in the build copy',
    changes: 'the manifest in the build copy',
  },
  change_instance_type: {
    risk: 'needs-approval',
    does: 'use another instance type',
    changes: 'the instance type of the plan',
  },
  resize_instance: {
    risk: 'needs-approval',
    does: 'use a larger instance',
    changes: 'the instance type of the plan (cost)',
  },
  increase_disk: {
    risk: 'needs-approval',
    does: 'use a larger volume, or remove what builds left behind',
    changes: 'the volume size of the plan (cost)',
  },
  change_db_settings: {
    risk: 'needs-approval',
    does: 'use another RDS engine version or class',
    changes: 'engine version or class of the database',
  },
  change_region: {
    risk: 'needs-approval',
    does: 'deploy in another region',
    changes: 'the region of the deployment',
  },
  open_security_group: {
    risk: 'needs-approval',
    does: 'allow one port from one security group, never everybody to a database',
    changes: 'one rule of a security group',
  },
  enable_egress: {
    risk: 'needs-approval',
    does: 'add a NAT gateway or VPC endpoints',
    changes: 'the network (cost)',
  },
  grant_iam_permission: {
    risk: 'needs-approval',
    does: 'add one named action on named resources',
    changes: 'one statement of an IAM policy',
  },
  create_service_linked_role: {
    risk: 'needs-approval',
    does: 'create a service-linked role',
    changes: 'one role of the account',
  },
  repair_ssm_registration: {
    risk: 'needs-approval',
    does: 'attach the SSM policy to the role and restart the agent',
    changes: 'the role and the agent of the instance',
  },
  bootstrap_cdk: {
    risk: 'needs-approval',
    does: 'run cdk bootstrap',
    changes: 'the CDK toolkit stack of the account',
  },
  request_quota_increase: {
    risk: 'needs-approval',
    does: 'ask AWS for a higher quota, or use fewer',
    changes: 'a quota of the account',
  },
  delete_and_recreate_stack: {
    risk: 'needs-approval',
    does: 'delete a stack that never came up, then create it',
    changes: 'the stack that never came up',
  },
  continue_update_rollback: {
    risk: 'needs-approval',
    does: 'continue the rollback, skipping named resources',
    changes: 'the stack that is stuck',
  },
  remove_blocking_dependency: {
    risk: 'needs-approval',
    does: 'detach or delete what blocks the delete, if HiveMind made it',
    changes: 'a resource that HiveMind made',
  },
  empty_resource: {
    risk: 'needs-approval',
    does: 'delete all objects or images so that the delete can go on',
    changes: 'all objects or images in it',
  },
  disable_deletion_protection: {
    risk: 'needs-approval',
    does: 'turn deletion protection off',
    changes: 'the deletion protection of one resource',
  },
  run_migrations: {
    risk: 'needs-approval',
    does: "run the application's migrations",
    changes: 'the schema of the database',
  },
  reset_local_data_dir: {
    risk: 'needs-approval',
    does: 'move the local data directory aside and start empty',
    changes: 'the local data directory',
  },
  repair_certificate: {
    risk: 'needs-approval',
    does: 'renew or replace a certificate, or add a CA',
    changes: 'a certificate, or what is trusted',
  },
} as const satisfies Record<string, Action>;
