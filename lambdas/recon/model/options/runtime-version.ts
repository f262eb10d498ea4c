import { type Observation, observationsOf } from '../../observation.ts';
import { type FoundOption, isAt } from '../option.ts';

/** Versions that files of the repository ask for. */
export const runtimeVersionOptions = (observations: readonly Observation[]): readonly FoundOption[] =>
  observationsOf(observations, 'runtimeVersion').flatMap(({ value, evidence: [evidence] }): FoundOption[] =>
    value === null || evidence === undefined
      ? []
      : [
          {
            value: { field: 'runtimeVersion', version: value },
            shown: `version ${value} of the runtime (${evidence.file})`,
            isProvedBy: isAt(evidence),
          },
        ],
  );
