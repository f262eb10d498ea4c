import { printable } from '../../../domain/deployment.ts';
import { HiveMindError } from '../../../domain/errors.ts';

/** @param known the names of branches and tags */
export function refNotFound(ref: string, known: readonly string[]): HiveMindError {
  const MAX_SHOWN = 5;
  const shared = (name: string): number => {
    const at = [...name].findIndex((character, index) => character !== ref[index]);
    return at < 0 ? name.length : at;
  };
  const nearest = known.toSorted((a, b) => shared(b) - shared(a)).slice(0, MAX_SHOWN);
  const hint =
    nearest.length === 0
      ? 'name an existing branch, tag or full commit id after "#"'
      : `name an existing branch, tag or full commit id; there are, for example: ${nearest.map(printable).join(', ')}`;
  return new HiveMindError('RefNotFound', `the repository has no branch, tag or commit "${printable(ref)}"`, {
    hint,
  });
}

export const emptyRepository = (what: string): HiveMindError =>
  new HiveMindError('EmptyRepository', what, {
    hint: 'add the files of the application; in a repository, commit them or use --working-tree',
  });

/** The stored copy of a source was removed, or is damaged. */
export const unreadableCopy = (cause?: unknown): HiveMindError =>
  new HiveMindError('SourceNotFound', 'the stored copy of the source cannot be read', {
    hint: 'deploy the source again: it is then fetched anew',
    cause,
  });
