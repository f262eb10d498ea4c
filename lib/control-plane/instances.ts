import { Stack } from 'aws-cdk-lib';
import { CfnDocument } from 'aws-cdk-lib/aws-ssm';
import { Construct } from 'constructs';
import { arnOf, INSTANCE_DOCUMENT } from './places.ts';

const VERBS = [
  'start',
  'stop',
  'status',
  'install',
  'run',
  'logs',
  'inspect',
  'probe-database',
  'ports',
] as const;

const PARAMETERS = {
  verb: { type: 'String', description: 'What to do', allowedValues: VERBS },
  payload: {
    type: 'String',
    description: 'A JSON document, base64url without padding; `e30` is an empty one',
    default: 'e30',
    // The agent reads the pattern as Go does, which knows no repetition above 1,000.
    allowedPattern: '^[A-Za-z0-9_-]+$',
    maxChars: 8192,
  },
  timeoutSeconds: {
    type: 'String',
    description: 'How long it may take',
    default: '3600',
    allowedPattern: '^[1-9][0-9]{0,4}$',
  },
};

/**
 * The only thing that HiveMind ever runs on an instance: one verb of the instance program. Verb and payload are checked by
 * Systems Manager before they reach a shell, and hold no character that means anything to one.
 */
export class Instances extends Construct {
  readonly document = INSTANCE_DOCUMENT;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    new CfnDocument(this, 'Document', {
      name: INSTANCE_DOCUMENT,
      documentType: 'Command',
      documentFormat: 'JSON',
      targetType: '/AWS::EC2::Instance',
      updateMethod: 'NewVersion',
      content: {
        schemaVersion: '2.2',
        description: 'One verb of the HiveMind instance program',
        parameters: PARAMETERS,
        mainSteps: [
          {
            action: 'aws:runShellScript',
            name: 'verb',
            precondition: { StringEquals: ['platformType', 'Linux'] },
            inputs: {
              timeoutSeconds: '{{ timeoutSeconds }}',
              runCommand: ['exec /opt/hivemind/bin/hivemind-instance {{ verb }} {{ payload }}'],
            },
          },
        ],
      },
    });
  }

  get documentArn(): string {
    return arnOf(Stack.of(this), 'ssm', `document/${INSTANCE_DOCUMENT}`);
  }
}
