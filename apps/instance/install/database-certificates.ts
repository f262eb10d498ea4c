import { rename, stat } from 'node:fs/promises';
import { external } from '../external-program.ts';
import { PLACES } from '../places.ts';

/** Certificates of the authorities of RDS in a region, some 6 kB. */
const addressOf = (region: string): string =>
  `https://truststore.pki.rds.amazonaws.com/${region}/${region}-bundle.pem`;

/** Fetches what a client needs to know the database server for what it is; once. @throws {InstanceFailure} */
export async function installDatabaseCertificates(region: string): Promise<void> {
  const isThere = await stat(PLACES.databaseCertificates).then(
    () => true,
    () => false,
  );
  if (isThere) return;
  const unfinished = `${PLACES.databaseCertificates}~`;
  const patience = ['--retry', '5', '--retry-connrefused', '--connect-timeout', '5', '--max-time', '60'];
  const command = ['--silent', '--show-error', '--fail', '--proto', '=https', ...patience];
  await external('curl', [...command, '--output', unfinished, addressOf(region)], { timeoutSeconds: 120 });
  await rename(unfinished, PLACES.databaseCertificates);
}
