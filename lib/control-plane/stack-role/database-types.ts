import type { ResourceTypes } from './resource-type.ts';

const SECRET = 'secret:hivemind/*';
const TAGS = ['AddTagsToResource', 'RemoveTagsFromResource', 'ListTagsForResource'] as const;
/** A database carries the name of its stack, and so do the snapshots that are taken when it goes. */
const DATABASE = 'db:*-database';
const GROUPS = { subnet: 'subgrp:*-database-*', parameter: 'pg:*-database-*' } as const;

export const DATABASE_TYPES: ResourceTypes = {
  'AWS::RDS::DBInstance': {
    service: 'rds',
    make: {
      actions: ['CreateDBInstance', 'AddTagsToResource'],
      on: [DATABASE, 'subgrp:*-database-*', 'pg:*-database-*', 'pg:default.*', 'og:default:*'],
    },
    changeByName: {
      actions: [
        'ModifyDBInstance',
        'RebootDBInstance',
        'DeleteDBInstance',
        'CreateDBSnapshot',
        'DescribeDBSnapshots',
        'DescribeDBInstances',
        'DescribeDBInstanceAutomatedBackups',
        ...TAGS,
      ],
      on: [DATABASE, 'snapshot:*-database-*', 'auto-backup:*', 'pg:*-database-*', 'og:default:*'],
    },
    look: ['DescribeDBEngineVersions', 'DescribeEvents'],
  },
  'AWS::RDS::DBSubnetGroup': {
    service: 'rds',
    make: { actions: ['CreateDBSubnetGroup', 'AddTagsToResource'], on: [GROUPS.subnet] },
    changeByName: {
      actions: ['ModifyDBSubnetGroup', 'DeleteDBSubnetGroup', 'DescribeDBSubnetGroups', ...TAGS],
      on: [GROUPS.subnet],
    },
  },
  'AWS::RDS::DBParameterGroup': {
    service: 'rds',
    make: { actions: ['CreateDBParameterGroup', 'AddTagsToResource'], on: [GROUPS.parameter] },
    changeByName: {
      actions: [
        'ModifyDBParameterGroup',
        'ResetDBParameterGroup',
        'DeleteDBParameterGroup',
        'DescribeDBParameterGroups',
        'DescribeDBParameters',
        ...TAGS,
      ],
      on: [GROUPS.parameter],
    },
    look: ['DescribeEngineDefaultParameters'],
  },
  'AWS::SecretsManager::Secret': {
    service: 'secretsmanager',
    make: { actions: ['CreateSecret', 'TagResource'], on: [SECRET] },
    changeByName: {
      actions: [
        'UpdateSecret',
        'DeleteSecret',
        'DescribeSecret',
        // Templates put secrets into other secrets and into the database by dynamic reference.
        'GetSecretValue',
        'TagResource',
        'UntagResource',
      ],
      on: [SECRET],
    },
    look: ['GetRandomPassword'],
  },
};
