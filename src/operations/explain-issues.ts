import type { ModelExplanation } from '../domain/model-explanation.ts';
import type { Issue, IssueExplanation } from '../domain/removal-advice.ts';
import type { LanguageModel, Reply } from '../ports/language-model.ts';
import { explanationOf } from '../stages/model-explanation.ts';
import { isQuoted } from '../stages/quoted-evidence.ts';
import {
  type AskedIssue,
  adviceOf,
  askedIssue,
  type ProposedLessons,
  removalQuestion,
} from './removal-question.ts';

/** The most frequent ones; what came up less often is left to the rules. */
const MOST_ISSUES = 20;

export interface Lessons {
  readonly issues: readonly Issue[];
  /** What a model says about the life as a whole. */
  readonly life?: ModelExplanation | undefined;
}

/** The issues with what a model says about them. As they were where none answers, or nothing that it says is shown by them. */
export async function explainedIssues(
  model: Pick<LanguageModel, 'ask'>,
  deploymentId: string,
  issues: readonly Issue[],
): Promise<Lessons> {
  const [first, ...others] = issues.slice(0, MOST_ISSUES).map(askedIssue);
  if (first === undefined) return { issues };
  const asked = [first, ...others] as const;
  const reply = await model.ask(removalQuestion(deploymentId, asked));
  if (!reply.answered) return { issues };
  const explained = asked.map((one) => withExplanation(one, reply));
  return { issues: [...explained, ...issues.slice(MOST_ISSUES)], life: lifeOf(asked, reply) };
}

type Answered = Extract<Reply<ProposedLessons>, { readonly answered: true }>;

/** The first explanation that quotes the issue. The advice of the rules stays; where the model would give another, both are shown. */
function withExplanation({ id, issue, shown }: AskedIssue, reply: Answered): Issue {
  const explanations = reply.value.issues.flatMap(
    ({ issue: about, quote, advice, ...said }): IssueExplanation[] => {
      if (about !== id || !isQuoted(shown, quote)) return [];
      const explanation = explanationOf(reply, said);
      if (typeof explanation === 'string') return [];
      const chosen = adviceOf(advice) ?? null;
      return [{ ...explanation, advice: chosen === issue.advice ? null : chosen }];
    },
  );
  const [explanation] = explanations;
  return explanation ? { ...issue, explanation } : issue;
}

/** It counts when an issue that it names is quoted. */
function lifeOf(asked: readonly AskedIssue[], reply: Answered): ModelExplanation | undefined {
  const { life } = reply.value;
  if (life === null) return undefined;
  const shown = asked.some((one) => life.issues.includes(one.id) && isQuoted(one.shown, life.quote));
  const explanation = shown ? explanationOf(reply, life) : undefined;
  return typeof explanation === 'string' ? undefined : explanation;
}
