import { z } from 'zod';
import type { Detector } from '../detector-context.ts';
import { readDocument } from '../documents.ts';
import { lineOf } from '../folder.ts';
import { type Observation, observe, SURE } from '../observation.ts';
import { SERVICE_IMAGES } from '../services.ts';

const FILES = ['compose.yaml', 'compose.yml', 'docker-compose.yaml', 'docker-compose.yml'];

const shape = z.object({
  services: z.record(z.string(), z.object({ image: z.string().catch('') }).catch({ image: '' })).catch({}),
});

/** Services that a compose file runs beside the application. */
export const detectCompose: Detector = async ({ folder }) => {
  const path = folder.firstOf(FILES);
  if (path === undefined) return [];
  const document = await readDocument(folder, path);
  const parsed = shape.safeParse(document && 'value' in document ? document.value : {});
  const text = (await folder.read(path)) ?? '';
  const services = Object.entries(parsed.success ? parsed.data.services : {});
  return services.flatMap(([service, { image }]): readonly Observation[] => {
    const known = SERVICE_IMAGES.find(([pattern]) => pattern.test(image));
    if (!known) return [];
    const evidence = folder.evidence(
      path,
      `service ${service.slice(0, 60)} of image ${image.slice(0, 80)}`,
      lineOf(text, image),
    );
    return known[1] === 'postgres'
      ? [observe('database', 'postgres', SURE.guess, evidence)]
      : [observe('service', known[1], SURE.likely, evidence)];
  });
};
