import { MetricUnit } from '@aws-lambda-powertools/metrics';
import { asHiveMindError, type HiveMindError } from '../../../domain/errors.ts';
import type { ForDeployment } from '../../../stages/for-deployment.ts';
import type { TaskAnswer } from '../../../stages/stage-context.ts';
import { inSubsegment, logger, metrics } from './observability.ts';

export type EventFunction = (event: unknown) => Promise<TaskAnswer>;

/**
 * What handles events as a Lambda function. The event is not logged: somebody may have typed a secret into the console. Every line
 * about one deployment carries it, and the last one does when the event was about no other.
 */
export function eventHandler(handling: (forDeployment: ForDeployment) => EventFunction): EventFunction {
  const deployments = new Set<string>();
  const reported = new WeakSet<HiveMindError>();
  const handle = handling(async (deploymentId, work) => {
    deployments.add(deploymentId);
    logger.appendKeys({ deployment_id: deploymentId });
    try {
      const answer = await work();
      logger.info('deployment seen to', { answer });
      return answer;
    } catch (thrown) {
      throw report(thrown, reported);
    } finally {
      logger.removeKeys(['deployment_id']);
    }
  });
  return async (event) => {
    metrics.captureColdStartMetric();
    try {
      const answer = await inSubsegment('## event', () => handle(event));
      const [deploymentId] = deployments;
      if (deploymentId !== undefined && deployments.size === 1) {
        logger.appendKeys({ deployment_id: deploymentId });
      }
      logger.info('event handled', { answer });
      metrics.addMetric('EventsHandled', MetricUnit.Count, 1);
      return answer;
    } catch (thrown) {
      metrics.addMetric('EventsFailed', MetricUnit.Count, 1);
      throw report(thrown, reported);
    } finally {
      metrics.publishStoredMetrics();
      deployments.clear();
      logger.resetKeys();
    }
  };
}

/** Once: what failed for a deployment is thrown on, to whoever handles the event. */
function report(thrown: unknown, reported: WeakSet<HiveMindError>): HiveMindError {
  const error = asHiveMindError(thrown);
  if (reported.has(error)) return error;
  const { code, message: text, hint } = error;
  logger.error('event failed', { code, text, hint, error });
  reported.add(error);
  return error;
}
