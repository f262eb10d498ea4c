import { STSClient } from '@aws-sdk/client-sts';
import { HiveMindError } from '../../../domain/errors.ts';
import { clientSettings } from '../client-settings.ts';

/**
 * The region that the operator's settings name: AWS_REGION, the profile, or AWS_DEFAULT_REGION, which the SDK does not read. Those of
 * the process, because the SDK knows no others.
 * @throws {HiveMindError} InvalidInput: none
 */
export async function operatorRegion(): Promise<string> {
  try {
    // The constructor does not ask for anything: this is only how the SDK is asked what it would use.
    return await new STSClient(clientSettings()).config.region();
  } catch (cause) {
    const region = process.env['AWS_DEFAULT_REGION'];
    if (region) return region;
    throw new HiveMindError('InvalidInput', 'no AWS region is chosen', {
      hint: 'set AWS_REGION, for instance to eu-west-1, or the region of the profile: aws configure set region eu-west-1',
      cause,
    });
  }
}
