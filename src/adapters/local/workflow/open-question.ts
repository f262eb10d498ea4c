import type { WorkflowRunner } from '../../../ports/workflow-runner.ts';

export type Answer = Parameters<WorkflowRunner['answer']>[2];

/** The question that an execution waits for, if it does. Of several answers the first counts. */
export class OpenQuestion {
  #taskToken: string | undefined;
  #answer = Promise.withResolvers<Answer>();

  /** From now on an answer under this token counts, and none under another. */
  open(taskToken: string): Promise<Answer> {
    this.#taskToken = taskToken;
    this.#answer = Promise.withResolvers<Answer>();
    return this.#answer.promise;
  }

  answer(taskToken: string, answer: Answer): void {
    if (taskToken === this.#taskToken) this.#answer.resolve(answer);
  }

  /** Nobody needs the answer any more. */
  dismiss(): void {
    this.#answer.resolve({ approved: false });
  }
}
