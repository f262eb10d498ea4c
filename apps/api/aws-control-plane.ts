import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { operatorRegion } from '../../src/adapters/aws/account/region.ts';
import { clientSettings } from '../../src/adapters/aws/client-settings.ts';
import { findControlPlane } from '../../src/adapters/aws/control-plane-stack.ts';
import type { Home } from '../../src/adapters/local/home.ts';
import { createInProcessApp } from './app.ts';
import { createAwsPlatform } from './aws-platform.ts';

/**
 * The API on top of the control plane in the operator's account. Credentials and region are those of the SDK: environment, profile,
 * single sign-on.
 * @throws {HiveMindError} InvalidInput: no region; NotSignedIn, CredentialsExpired, AccessDenied, ControlPlaneMissing,
 *   ControlPlaneOutdated
 */
export async function openAwsControlPlane(
  home: Home,
): Promise<(request: Request) => Response | Promise<Response>> {
  const settings = clientSettings({ region: await operatorRegion() });
  const controlPlane = await findControlPlane(new CloudFormationClient(settings));
  const platform = createAwsPlatform({ settings, controlPlane, home });
  // Every error is answered, and the command that asked reports it.
  const app = createInProcessApp({ platform, logError: () => undefined });
  return (request) => app.fetch(request);
}
