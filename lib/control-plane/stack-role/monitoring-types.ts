import type { ResourceTypes } from './resource-type.ts';

/** RDS writes into groups of this name, which the stack makes first, to say how long they keep. */
const LOG_GROUPS = ['log-group:/aws/rds/instance/*-database/*'] as const;

/** Ends of the names of alarms, after the id of their deployment: a test compares with the blueprints. */
const ALARMS = [
  'http-errors',
  'latency',
  'unhealthy-hosts',
  'cpu',
  'memory',
  'disk',
  'status-checks',
  'database-cpu',
  'database-storage',
  'database-connections',
].map((what) => `alarm:*-??????-${what}`);

/** Named after the deployment, whose id ends in six characters. */
const DASHBOARDS = ['dashboard/*-??????'];

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
    make: { actions: ['PutMetricAlarm', 'TagResource', 'ListTagsForResource'], on: ALARMS },
    read: { actions: ['DescribeAlarms'], on: ['alarm:*'] },
    change: { actions: ['DeleteAlarms', 'TagResource', 'UntagResource'], on: ALARMS },
  },
  'AWS::CloudWatch::Dashboard': {
    service: 'cloudwatch',
    make: { actions: ['PutDashboard', 'TagResource', 'ListTagsForResource'], on: DASHBOARDS },
    changeByName: {
      actions: ['GetDashboard', 'DeleteDashboards', 'TagResource', 'UntagResource', 'ListTagsForResource'],
      on: DASHBOARDS,
    },
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
