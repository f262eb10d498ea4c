import { Fn } from 'aws-cdk-lib';
import { INSTANCE_PORT } from '../target-groups.ts';
import { STACK_VALUES, userDataParts } from './script.ts';

const PORT = Buffer.from(String(INSTANCE_PORT)).toString('base64');

/** `UserData` of a launch template: CloudFormation puts the values in when it makes the launch template. */
export const userData = (): string =>
  Fn.base64(
    Fn.join('', [
      ...userDataParts((name) => (name === 'PORT' ? PORT : Fn.base64(Fn.ref(STACK_VALUES[name])))),
    ]),
  );
