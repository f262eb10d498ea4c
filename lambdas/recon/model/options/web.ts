import { isHarmlessRoute } from '../../../../src/domain/route-effects.ts';
import type { DetectorContext } from '../../detector-context.ts';
import { routesOf } from '../../routes.ts';
import { type FoundOption, isAt } from '../option.ts';

/** Routes that the source names whole, and that a check every few seconds may ask for. */
export function healthPathOptions({ entry }: DetectorContext): readonly FoundOption[] {
  const scan = entry.scan.mainProcess;
  return routesOf(scan)
    .filter(({ path }) => isHarmlessRoute(path))
    .map(({ path, hit }): FoundOption => {
      const evidence = scan.evidence(hit, path);
      return {
        value: { field: 'healthCheckPath', path },
        shown: `ask for ${path} to see whether the application is well (${evidence.file}, line ${hit.line})`,
        isProvedBy: isAt(evidence),
      };
    });
}
