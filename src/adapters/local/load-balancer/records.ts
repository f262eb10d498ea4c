import type { DatabaseSync, StatementSync } from 'node:sqlite';
import * as z from 'zod';
import { asHiveMindError, HiveMindError } from '../../../domain/errors.ts';
import { healthCheckPath, settingsShape } from './settings.ts';

const targetsShape = z.array(
  z.strictObject({
    id: z.string(),
    host: z.string(),
    port: z.number().int().min(1).max(65_535),
    healthCheckPath: healthCheckPath.optional(),
  }),
);

const recordShape = z.strictObject({
  version: z.literal(1),
  port: z.number().int(),
  settings: settingsShape,
  /** Opens the probe rule of this load balancer, on this machine; nothing else. */
  probeSecret: z.string(),
  weights: z.strictObject({ blue: z.number().int(), green: z.number().int() }),
  targets: z.strictObject({ blue: targetsShape, green: targetsShape }),
});
export type LoadBalancerRecord = z.infer<typeof recordShape>;

/** What is known of the load balancers when the server starts again. */
export class LoadBalancerRecords {
  readonly #database: DatabaseSync;
  readonly #save: StatementSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#save = database.prepare(
      'INSERT INTO load_balancers (name, document) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET document = excluded.document',
    );
  }

  save(name: string, record: LoadBalancerRecord): void {
    try {
      this.#save.run(name, JSON.stringify(record));
    } catch (error) {
      throw asHiveMindError(error);
    }
  }

  remove(name: string): void {
    this.#database.prepare('DELETE FROM load_balancers WHERE name = ?').run(name);
  }

  names(): readonly string[] {
    const rows = this.#database.prepare('SELECT name FROM load_balancers ORDER BY name').all();
    return rows.map((row) => String(row['name']));
  }

  /** @throws {HiveMindError} InternalError: what is stored cannot be read */
  read(name: string): LoadBalancerRecord {
    const row = this.#database.prepare('SELECT document FROM load_balancers WHERE name = ?').get(name);
    try {
      return recordShape.parse(JSON.parse(String(row?.['document'])));
    } catch (cause) {
      throw new HiveMindError(
        'InternalError',
        `what is stored about load balancer "${name}" cannot be read`,
        {
          hint: 'destroy the deployment and deploy it again, and report this with the output of `hivemind doctor`',
          cause,
        },
      );
    }
  }
}
