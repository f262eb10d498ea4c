import type { Plan } from '../../../../src/domain/plan.ts';
import { SERVICE_IMAGES, SERVICE_PACKAGES } from '../../services.ts';
import { type FoundOption, isProse } from '../option.ts';

const MAXIMUM_VARIABLES = 30;

/** What rules cannot see of a variable that the code reads: whether the application needs it, and whether it is secret. */
export const variableOptions = ({ environment }: Plan): readonly FoundOption[] =>
  environment.value.slice(0, MAXIMUM_VARIABLES).flatMap(({ name, required, secret }): FoundOption[] => {
    const isProvedBy: FoundOption['isProvedBy'] = ({ text }) => new RegExp(`\\b${name}\\b`).test(text);
    const option = (field: 'required' | 'secret', shown: string): FoundOption => ({
      value: { field, variable: name },
      shown,
      isProvedBy,
    });
    return [
      ...(required ? [] : [option('required', `the application does not work without ${name}`)]),
      ...(secret ? [] : [option('secret', `the value of ${name} is a secret`)]),
    ];
  });

/** Services that rules know and have not found. */
export function serviceOptions({ services }: Plan): readonly FoundOption[] {
  const known = [...SERVICE_PACKAGES, ...SERVICE_IMAGES].map(([, service]) => service);
  return [...new Set(known)]
    .filter((service) => service !== 'postgres' && !services.value.includes(service))
    .map((service) => ({
      value: { field: 'service', service },
      shown: `the application uses ${service}`,
      isProvedBy: ({ file, text }) => !isProse(file) && new RegExp(`\\b${service}\\b`, 'i').test(text),
    }));
}
