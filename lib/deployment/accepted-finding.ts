import { Validations } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

/**
 * Accepts findings of cdk-nag on one resource: rule → why it may stay, for a security reviewer. A test refuses one that does not
 * apply any more.
 */
export function accept(resource: Construct, reasons: Readonly<Record<string, string>>): void {
  for (const [id, reason] of Object.entries(reasons)) Validations.of(resource).acknowledge({ id, reason });
}
