import type { ResourceTypes } from './resource-type.ts';

/** RDS writes into groups of this name, which the stack makes first, to say how long they keep. */
const LOG_GROUPS = ['log-group:/aws/rds/instance/*-database/*'] as const;

export const MONITORING_TYPES: ResourceTypes = {
  'AWS::Logs::LogGroup': {
    service: 'logs',
    make: { actions: ['CreateLogGroup', 'TagResource'], on: LOG_GROUPS },
    changeByName: {
      actions: [
        'PutRetentionPolicy',
        'DeleteRetentionPolicy',
        'TagResource',
        'UntagResource',
        'ListTagsForResource',
        'DeleteLogGroup',
      ],
      on: LOG_GROUPS,
    },
    look: ['DescribeLogGroups'],
  },
  'AWS::CloudWatch::Alarm': {
    service: 'cloudwatch',
    make: { actions: ['PutMetricAlarm', 'TagResource', 'DescribeAlarms'], on: ['alarm:*'] },
    change: {
      actions: ['DeleteAlarms', 'TagResource', 'UntagResource', 'ListTagsForResource'],
      on: ['alarm:*'],
    },
  },
  'AWS::CloudWatch::Dashboard': {
    service: 'cloudwatch',
    make: { actions: ['PutDashboard'], on: ['dashboard/*'] },
    changeByName: { actions: ['GetDashboard', 'DeleteDashboards'], on: ['dashboard/*'] },
  },
  'AWS::XRay::Group': {
    service: 'xray',
    make: { actions: ['CreateGroup', 'TagResource'], on: ['group/hivemind-*'] },
    changeByName: {
      actions: [
        'GetGroup',
        'UpdateGroup',
        'DeleteGroup',
        'TagResource',
        'UntagResource',
        'ListTagsForResource',
      ],
      on: ['group/hivemind-*'],
    },
  },
};
