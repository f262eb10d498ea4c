import { expect, test } from '@jest/globals';
import { ailingDeploysForAll, groupFailed, makesInstances } from './ailing-deploys.ts';
import { refusal } from './query-answers.ts';
import { launch, scalingActivities } from './scaling-activities.ts';

const MINUTES = 60_000;

const ailing = ailingDeploysForAll();

const NEVER_SIGNALLED = groupFailed(
  'Received 0 SUCCESS signal(s) out of 1.  Unable to satisfy 100% MinSuccessfulInstancesPercent requirement',
);
const ROLE = 'arn:aws:sts::123456789012:assumed-role/hivemind-stacks/AWSCloudFormation';

test.each([
  {
    name: 'silent',
    family: 'an instance that never signals',
    event: NEVER_SIGNALLED,
    code: 'StageTimedOut',
    cause: 'instance_signal_timeout',
    action: 'collect_more_evidence',
    evidence: 'Received 0 SUCCESS signal',
  },
  {
    name: 'denied',
    family: 'a permission that CloudFormation lacks',
    event: groupFailed(
      `User: ${ROLE} is not authorized to perform: autoscaling:CreateAutoScalingGroup because no identity-based policy allows the autoscaling:CreateAutoScalingGroup action (Service: AutoScaling, Status Code: 403)`,
    ),
    code: 'AccessDenied',
    cause: 'iam_access_denied',
    action: 'grant_iam_permission',
    evidence: 'autoscaling:CreateAutoScalingGroup',
  },
  {
    name: 'full',
    family: 'a quota that is reached',
    event: groupFailed(
      'You have requested more vCPU capacity than your current vCPU limit of 5 allows for the instance bucket that the specified instance type belongs to. (Service: Ec2, Status Code: 400, HandlerErrorCode: ServiceLimitExceeded)',
    ),
    code: 'QuotaExceeded',
    cause: 'quota_exceeded',
    action: 'request_quota_increase',
    evidence: 'vCPU limit of 5',
  },
])(
  '$family is for a person to mend: $cause',
  async ({ name, event, code, cause, action, evidence }) => {
    ailing().rollBack(event);
    const said = await ailing().deploy(name);
    expect(said.code).not.toBe(0);
    expect(said.text).toContain(evidence);
    const { status, failure } = await ailing().deployment(name);
    expect(status).toBe('FAILED');
    expect(failure).toMatchObject({ code, stage: 'compute', diagnosis: { cause, action } });
    expect(failure?.logTail).toEqual([
      expect.stringContaining(`CREATE_FAILED | AWS::AutoScaling::AutoScalingGroup | AutoScalingGroup | `),
      expect.stringMatching(/^ROLLBACK_COMPLETE \| AWS::CloudFormation::Stack \| /),
    ]);
    expect(await ailing().fixes(name)).toEqual([]);
    expect(await ailing().history(name)).toEqual(['decision']);
    expect(await ailing().whatIsLeft()).toEqual([]);
  },
  4 * MINUTES,
);

test(
  'a call that is denied is for a person to mend: iam_access_denied',
  async () => {
    const denied = `User: ${ROLE} is not authorized to perform: cloudformation:CreateStack`;
    ailing().weather = (call) => (makesInstances(call) ? refusal('AccessDenied', denied) : undefined);
    const said = await ailing().deploy('refused');
    expect(said.code).not.toBe(0);
    expect(await ailing().deployment('refused')).toMatchObject({
      status: 'FAILED',
      failure: {
        code: 'AccessDenied',
        diagnosis: { cause: 'iam_access_denied', parameters: { action: 'cloudformation:CreateStack' } },
      },
    });
    expect(await ailing().fixes('refused')).toEqual([]);
    expect(await ailing().whatIsLeft()).toEqual([]);
  },
  4 * MINUTES,
);

test(
  'an instance that never signals has its output read: disk_full',
  async () => {
    ailing().rollBack(NEVER_SIGNALLED);
    ailing().weather = async (call) => {
      if (!makesInstances(call)) return undefined;
      const { id } = await ailing().deployment('cramped');
      await ailing().platform.log(id, 'instance', 'i-0abc', [
        'unpacking the release',
        'tar: files/node_modules/left-pad/index.js: Cannot write: No space left on device',
      ]);
      return undefined;
    };
    await ailing().deploy('cramped');
    expect(await ailing().deployment('cramped')).toMatchObject({
      status: 'FAILED',
      failure: {
        code: 'StageTimedOut',
        diagnosis: {
          cause: 'disk_full',
          evidence: [{ text: expect.stringContaining('No space left on device') }],
        },
      },
    });
    expect(await ailing().whatIsLeft()).toEqual([]);
  },
  4 * MINUTES,
);

test(
  'instances that cannot be launched are for a person to mend, and nobody waits for them: quota_exceeded',
  async () => {
    const failure =
      'You have requested more vCPU capacity than your current vCPU limit of 1 allows for the instance bucket that the specified instance type belongs to. Launching EC2 instance failed.';
    ailing().scenes.next('CREATE', { statuses: ['CREATE_IN_PROGRESS'], events: [] });
    ailing().weather = ({ action }) =>
      action === 'DescribeScalingActivities'
        ? scalingActivities([launch({ secondsAgo: 0, failure })])
        : undefined;
    const said = await ailing().deploy('packed');
    expect(said.text).toContain('vCPU limit of 1');
    expect(await ailing().deployment('packed')).toMatchObject({
      status: 'FAILED',
      failure: {
        code: 'QuotaExceeded',
        stage: 'compute',
        diagnosis: { cause: 'quota_exceeded', action: 'request_quota_increase' },
      },
    });
    expect(await ailing().whatIsLeft()).toEqual([]);
  },
  4 * MINUTES,
);
