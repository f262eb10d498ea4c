import type { BudgetAlert } from '../../domain/models/budget.ts';
import { budgetDeployment, budgetNews } from '../../domain/models/model-news.ts';
import type { DeploymentStore } from '../../ports/deployment-store.ts';
import type { Notifications } from '../../ports/notifications.ts';

export interface BudgetNoticePorts {
  readonly store: Pick<DeploymentStore, 'appendEvent'>;
  readonly notifications: Notifications;
}

/** Tells whoever is notified, and the history of the deployment whose budget it is. */
export async function noticeBudget(
  { store, notifications }: BudgetNoticePorts,
  alert: BudgetAlert,
): Promise<void> {
  const news = budgetNews(alert);
  await notifications.tell(news);
  const deploymentId = budgetDeployment(alert);
  if (deploymentId === undefined) return;
  await store.appendEvent({
    deploymentId,
    executionId: null,
    actor: 'hivemind',
    type: 'warning',
    message: `${news.subject}: ${news.text}`,
    data: { percent: alert.percent },
  });
}
