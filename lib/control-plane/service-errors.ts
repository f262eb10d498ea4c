/** What a service may answer is registered with a class of its own, whichever calls a function makes. */
const REGISTRATION = /^n0_registry\.registerError\((\w+)\$, \w+\);\n/gm;

/**
 * Schemas of a service without the errors that nobody tells apart: a fifth of a bundle, made anew at each cold start. The SDK then throws
 * the exception that it has for errors it does not know, with the name, the message, the fault and the fields that came over the
 * wire; so that nothing else changes, an error stays when its name or its code is `mentioned`, when the SDK retries because of
 * its class, and when it is a part of something else (a stream).
 * @param schemas text of `schemas_0.js`
 * @param classes text of `models/errors.js`
 * @param mentioned words of the code that handles errors
 */
export function withoutUnmentionedErrors(
  schemas: string,
  classes: string,
  mentioned: ReadonlySet<string>,
): string {
  const retried = retriedErrors(classes);
  return schemas.replace(REGISTRATION, (registration: string, name: string) => {
    const code = codeOf(schemas, name);
    const stays =
      mentioned.has(name) || mentioned.has(code) || retried.has(name) || isPartOfMore(schemas, name);
    return stays ? registration : '';
  });
}

/** The name that goes over the wire, where it is not that of the class: `{ [_aQE]: [`LoadBalancerNotFound`, 400] }`. */
function codeOf(schemas: string, name: string): string {
  const start = schemas.indexOf(`export var ${name}$ = `);
  const schema = schemas.slice(start, schemas.indexOf('];\n', start));
  return /_aQE\]?: \[`(\w+)`/.exec(schema)?.[1] ?? name;
}

const retriedErrors = (classes: string): ReadonlySet<string> =>
  new Set(
    classes
      .split(/^export class /m)
      .filter((text) => text.includes('$retryable'))
      .map((text) => /^\w*/.exec(text)?.[0] ?? ''),
  );

/** Besides where it is defined and where it is registered. */
const isPartOfMore = (schemas: string, name: string): boolean =>
  (schemas.match(new RegExp(`\\b${name}\\$`, 'g')) ?? []).length > 2;
