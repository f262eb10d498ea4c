import * as z from 'zod';
import { findingShape } from '../../../contracts/api.ts';
import { checkShape } from '../../../contracts/deployment.ts';
import { freezeRecord, releaseRecord, resultRecord, stageRunRecord } from '../../../contracts/records.ts';
import { digestOf } from '../../../domain/digest.ts';
import type { Release } from '../../../domain/release.ts';
import type { DeploymentStore } from '../../../ports/deployment-store.ts';
import type { Statements } from './documents.ts';

type StageRecords = Pick<
  DeploymentStore,
  'putStageRun' | 'listStageRuns' | 'recordResult' | 'findResult' | 'forgetResults'
>;

export const stageRecords = (statements: Statements): StageRecords => ({
  putStageRun: async (run) => {
    statements.run(
      `INSERT INTO stage_runs (execution_id, stage, started_at, document) VALUES (?, ?, ?, ?)
       ON CONFLICT (execution_id, stage) DO UPDATE SET started_at = excluded.started_at, document = excluded.document`,
      run.executionId,
      run.stage,
      run.startedAt,
      JSON.stringify(run),
    );
  },
  listStageRuns: async (executionId) =>
    statements.documents(
      stageRunRecord,
      'SELECT document FROM stage_runs WHERE execution_id = ? ORDER BY started_at, rowid',
      executionId,
    ),
  recordResult: async (deploymentId, stage, digest, result) => {
    statements.run(
      'INSERT OR REPLACE INTO stage_results (deployment_id, stage, digest, document) VALUES (?, ?, ?, ?)',
      deploymentId,
      stage,
      digest,
      JSON.stringify(result),
    );
  },
  findResult: async (deploymentId, stage, digest) =>
    statements.document(
      resultRecord,
      'SELECT document FROM stage_results WHERE deployment_id = ? AND stage = ? AND digest = ?',
      deploymentId,
      stage,
      digest,
    ),
  forgetResults: async (deploymentId, stages) => {
    statements.run(
      'DELETE FROM stage_results WHERE deployment_id = ?1 AND (?2 IS NULL OR stage IN (SELECT value FROM json_each(?2)))',
      deploymentId,
      stages ? JSON.stringify(stages) : null,
    );
  },
});

type ReleaseRecords = Pick<
  DeploymentStore,
  | 'ensureRelease'
  | 'listReleases'
  | 'putVerification'
  | 'findVerification'
  | 'putFindings'
  | 'findFindings'
  | 'putReport'
  | 'findReport'
  | 'putFreeze'
  | 'findFreeze'
>;

/** Stands where a document is about no single deployment. */
const EVERYTHING = '';

export function releaseRecords(statements: Statements): ReleaseRecords {
  const put = (deploymentId: string, kind: string, document: unknown): void =>
    statements.run(
      'INSERT OR REPLACE INTO documents (deployment_id, kind, document) VALUES (?, ?, ?)',
      deploymentId,
      kind,
      JSON.stringify(document),
    );
  const find = <T>(shape: z.ZodType<T>, deploymentId: string, kind: string): T | undefined =>
    statements.document(
      shape,
      'SELECT document FROM documents WHERE deployment_id = ? AND kind = ?',
      deploymentId,
      kind,
    );
  return {
    ensureRelease: async (release) => ensureRelease(statements, release),
    listReleases: async (deploymentId) =>
      statements.documents(
        releaseRecord,
        'SELECT document FROM releases WHERE deployment_id = ? ORDER BY number DESC',
        deploymentId,
      ),
    putVerification: async (deploymentId, _executionId, checks) => put(deploymentId, 'verification', checks),
    findVerification: async (deploymentId) => find(z.array(checkShape), deploymentId, 'verification') ?? [],
    putFindings: async (deploymentId, _executionId, findings) => put(deploymentId, 'findings', findings),
    findFindings: async (deploymentId) => find(z.array(findingShape), deploymentId, 'findings') ?? [],
    putReport: async (deploymentId, markdown) => put(deploymentId, 'report', markdown),
    findReport: async (deploymentId) => find(z.string(), deploymentId, 'report'),
    putFreeze: async (freeze) => put(EVERYTHING, 'freeze', freeze ?? null),
    findFreeze: async () => find(freezeRecord.nullable(), EVERYTHING, 'freeze') ?? undefined,
  };
}

function ensureRelease(statements: Statements, release: Omit<Release, 'number'>): Release {
  const { deploymentId, commit, artifact, configuration } = release;
  const identity = digestOf({ commit, artifact, configuration });
  return statements.transaction(() => {
    const known = statements.document(
      releaseRecord,
      'SELECT document FROM releases WHERE deployment_id = ? AND identity = ?',
      deploymentId,
      identity,
    );
    if (known) return known;
    const newest = statements.rows(
      'SELECT coalesce(max(number), 0) AS number FROM releases WHERE deployment_id = ?',
      deploymentId,
    )[0];
    const numbered = { ...release, number: Number(newest?.['number'] ?? 0) + 1 };
    statements.run(
      'INSERT INTO releases (deployment_id, number, identity, document) VALUES (?, ?, ?, ?)',
      deploymentId,
      numbered.number,
      identity,
      JSON.stringify(numbered),
    );
    return numbered;
  });
}
