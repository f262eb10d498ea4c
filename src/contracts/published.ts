import * as z from 'zod';
import {
  costsDocument,
  executionDocument,
  healthDocument,
  historyDocument,
  logsDocument,
  metricsDocument,
  previewDocument,
  removedDocument,
  reportDocument,
} from './api.ts';
import { deploymentDocument, deploymentListDocument, errorDocument } from './deployment.ts';

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
  health: healthDocument,
};

/** JSON Schemas (draft 2020-12) of the documents that clients get, by name. */
export const publishedSchemas = (): Record<string, object> =>
  Object.fromEntries(Object.entries(DOCUMENTS).map(([name, shape]) => [name, z.toJSONSchema(shape)]));
