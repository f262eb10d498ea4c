import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import { Tracer } from '@aws-lambda-powertools/tracer';
import { type ClientSettings, clientSettings } from '../client-settings.ts';

/**
 * Names come from the function's environment: POWERTOOLS_SERVICE_NAME, POWERTOOLS_METRICS_NAMESPACE. The logger drops what a line brings
 * under the name `message`, and says so in a line more.
 */
export const logger = new Logger();
export const metrics = new Metrics();
export const tracer = new Tracer();

/** The agent's work as a part of the trace that Step Functions began; without a trace, just the work. */
export async function inSubsegment<T>(name: string, work: () => Promise<T>): Promise<T> {
  const parent = tracer.getSegment();
  const part = parent?.addNewSubsegment(name);
  if (!parent || !part) return work();
  tracer.setSegment(part);
  try {
    tracer.annotateColdStart();
    tracer.addServiceNameAnnotation();
    return await work();
  } catch (error) {
    if (error instanceof Error) tracer.addErrorAsMetadata(error);
    throw error;
  } finally {
    part.close();
    tracer.setSegment(parent);
  }
}

/** A client whose calls are parts of the trace; where there is no trace, a client. */
export const newClient = <Client>(Client: new (settings: ClientSettings) => Client): Client =>
  tracer.captureAWSv3Client(new Client(clientSettings()));
