import type { Evidence } from '../../../src/domain/plan.ts';
import { LEAST_MODEL_CONFIDENCE, modelConfidence } from '../../../src/stages/model-decision.ts';
import { isTelling, quotedLines, shownLines } from '../../../src/stages/quoted-evidence.ts';
import type { Repository } from '../folder.ts';
import type { Option, OptionField, OptionValue } from './option.ts';
import type { ProposedChoices } from './plan-question.ts';
import { holdsSecrets } from './reading-tool.ts';

/** An option that a model chose and that the repository shows. */
export interface ProvenChoice {
  readonly value: OptionValue;
  readonly confidence: number;
  readonly evidence: Evidence;
}

const NOTES: Readonly<Record<OptionField, string>> = {
  start: 'a model reads it as the way to start',
  build: 'a model reads it as the build',
  migrations: 'a model reads it as the migrations',
  healthCheckPath: 'a model reads it as the health path',
  runtimeVersion: 'a model reads it as the version of the runtime',
  database: 'a model reads it as a sign of the database',
  required: 'a model reads the variable as required',
  secret: 'a model reads the variable as a secret',
  service: 'a model reads it as a service that is used',
};
/** Of these a plan has several. */
const MANY: ReadonlySet<OptionField> = new Set(['required', 'secret', 'service']);

/**
 * The choices whose evidence is literally in the repository and speaks for the option; of a field with one value the surest.
 * @param drop told of each choice that does not count
 */
export async function provenChoices(
  repository: Repository,
  options: readonly Option[],
  { choices }: ProposedChoices,
  drop: (option: Option, why: string) => void,
): Promise<readonly ProvenChoice[]> {
  const taken = new Set<string>();
  const proven: ProvenChoice[] = [];
  for (const { option: id, confidence, evidence } of choices.toSorted(
    (a, b) => b.confidence - a.confidence,
  )) {
    const option = options.find((candidate) => candidate.id === id);
    if (!option) continue;
    const { field } = option.value;
    const place = MANY.has(field) ? id : field;
    const found = await proofOf(repository, option, evidence);
    if (confidence < LEAST_MODEL_CONFIDENCE) drop(option, 'it was unsure');
    else if (!found) drop(option, 'the repository does not show it');
    else if (taken.has(place)) drop(option, 'another option of the field is surer');
    else {
      taken.add(place);
      proven.push({ value: option.value, confidence: modelConfidence(confidence), evidence: found });
    }
  }
  return proven;
}

async function proofOf(
  repository: Repository,
  { isProvedBy, value }: Option,
  { file, line, quote }: ProposedChoices['choices'][number]['evidence'],
): Promise<Evidence | undefined> {
  const text = holdsSecrets(file) ? undefined : await repository.read(file);
  if (text === undefined) return undefined;
  const shown = shownLines(text);
  const lines = quotedLines(text, quote, line).find((place) =>
    isProvedBy({
      file,
      lines: place,
      text: quote,
      isTelling: isTelling(shown, quote, place),
      context: shown.slice(place.first - 1, place.last).join('\n'),
    }),
  );
  return lines && { file, line: lines.first, note: NOTES[value.field] };
}
