import type { Detector } from '../detector-context.ts';
import { lineAt } from '../folder.ts';
import { type Observation, observe, SURE } from '../observation.ts';
import { SERVICE_IMAGES } from '../services.ts';

const FILES = ['compose.yaml', 'compose.yml', 'docker-compose.yaml', 'docker-compose.yml'];
/** Read line by line: a YAML parser takes minutes for 32 KiB of nested braces, and hints are not worth a worker. */
const IMAGE = /^[ \t]{1,40}(?:- )?image:[ \t]{1,8}["']?([\w./:@-]{1,200})/gm;

/** Services that a compose file runs beside the application. */
export const detectCompose: Detector = async ({ folder }) => {
  const path = folder.firstOf(FILES);
  const text = path === undefined ? undefined : await folder.read(path);
  if (path === undefined || text === undefined) return [];
  return [...text.matchAll(IMAGE)].slice(0, 50).flatMap((match): readonly Observation[] => {
    const image = match[1] ?? '';
    const service = SERVICE_IMAGES.find(([pattern]) => pattern.test(image))?.[1];
    if (service === undefined) return [];
    const evidence = folder.evidence(path, `a service of image ${image}`, lineAt(text, match.index));
    return service === 'postgres'
      ? [observe('database', 'postgres', SURE.guess, evidence)]
      : [observe('service', service, SURE.likely, evidence)];
  });
};
