import * as z from 'zod';
import {
  costsDocument,
  executionDocument,
  freezeDocument,
  healthDocument,
  historyDocument,
  logsDocument,
  metricsDocument,
  previewDocument,
  removedDocument,
  reportDocument,
  resumedDocument,
} from './api.ts';
import { deploymentDocument, deploymentListDocument, errorDocument } from './deployment.ts';
import { diagnosisDocument } from './diagnosis.ts';
import { fixDocument, fixListDocument } from './fix.ts';
import { modelCostsDocument, modelsDocument } from './models.ts';
import { comparisonDocument, releasesDocument, rollbackPreviewDocument } from './releases.ts';
import {
  driftDocument,
  orphansDocument,
  orphansRemovedDocument,
  reconciledDocument,
  removalDocument,
} from './upkeep.ts';

const DOCUMENTS = {
  deployment: deploymentDocument,
  'deployment-list': deploymentListDocument,
  error: errorDocument,
  preview: previewDocument,
  execution: executionDocument,
  history: historyDocument,
  logs: logsDocument,
  metrics: metricsDocument,
  costs: costsDocument,
  report: reportDocument,
  removed: removedDocument,
  releases: releasesDocument,
  diff: comparisonDocument,
  'rollback-preview': rollbackPreviewDocument,
  removal: removalDocument,
  drift: driftDocument,
  reconciled: reconciledDocument,
  orphans: orphansDocument,
  'orphans-removed': orphansRemovedDocument,
  health: healthDocument,
  freeze: freezeDocument,
  resumed: resumedDocument,
  diagnosis: diagnosisDocument,
  fix: fixDocument,
  'fix-list': fixListDocument,
  models: modelsDocument,
  'model-costs': modelCostsDocument,
};

/** JSON Schemas (draft 2020-12) of the documents that clients get, by name. */
export const publishedSchemas = (): Record<string, object> =>
  Object.fromEntries(Object.entries(DOCUMENTS).map(([name, shape]) => [name, z.toJSONSchema(shape)]));
