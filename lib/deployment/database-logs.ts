import { Aws, CfnDeletionPolicy, type Stack } from 'aws-cdk-lib';
import { CfnLogGroup } from 'aws-cdk-lib/aws-logs';
import { accept } from '../accepted-finding.ts';

const RETENTION_DAYS = 30;
/** The log groups that RDS would otherwise make by itself, without an end to what they keep, and leave behind. */
export const addDatabaseLogs = (stack: Stack, logs: readonly string[]): readonly CfnLogGroup[] =>
  logs.map((log) => {
    const group = new CfnLogGroup(stack, `LogGroup${log.charAt(0).toUpperCase()}${log.slice(1)}`, {
      logGroupName: `/aws/rds/instance/${Aws.STACK_NAME}/${log}`,
      retentionInDays: RETENTION_DAYS,
    });
    group.cfnOptions.deletionPolicy = CfnDeletionPolicy.DELETE;
    group.cfnOptions.updateReplacePolicy = CfnDeletionPolicy.DELETE;
    accept(group, {
      'NIST.800.53.R5-CloudWatchLogGroupEncrypted':
        'Encrypted with the key of CloudWatch Logs. RDS writes it: a key of our own would have to trust RDS and every reader, and the lines are slow statements and errors, not rows.',
    });
    return group;
  });
