import type { ModelReference } from './model-settings.ts';

/** A model whatever its provider calls it, and how it is asked. */
export interface NamedModel {
  /** `claude-sonnet-4-5`: without maker, geography, date and version. Undefined: the id does not tell which model answers. */
  readonly name: string | undefined;
  /** On Bedrock, in one region or the regions of one geography: there some models cost more. */
  readonly isRegional: boolean;
}

/** Of inference profiles and foundation models; an application's profile, a router and a custom model have names of their own. */
const TELLING_ARN = /^arn:aws[a-z-]*:bedrock:[a-z0-9-]*:\d*:(?:inference-profile|foundation-model)\/(.+)$/;
const MAKERS = 'anthropic|amazon|openai|cohere|meta|mistral|google|deepseek|qwen';
/** `us.`, `eu.`, `apac.`, `us-gov.` and whatever comes next before the name of a maker. */
const GEOGRAPHY = new RegExp(`^([a-z][a-z-]{1,11})\\.(?=(?:${MAKERS})\\.)`);
/** Also `publishers/anthropic/models/` and `anthropic/`, as other providers and gateways write it. */
const MAKER = new RegExp(`^(?:(?:publishers/)?(?:${MAKERS})(?:/models/|[./])|models/)`);
/** `-20250929`, `@20250929`, `-latest`, `-v1`, `:0`, `:0:200k`, `[1m]`. */
const SUFFIX = /(?:[-@]\d{8}|@default|-latest)?(?:-v\d{1,2})?(?::\d{1,3}(?::\d{1,5}[km])?)?(?:\[1m\])?$/;
/** The version is a part of these names, and not of every one. */
const NAME_WITH_VERSION = /^((?:titan-)?embed-[a-z-]*v\d{1,2})(?::\d{1,3}(?::\d{1,5}[km])?)?$/;

export function namedModel({ provider, id }: ModelReference): NamedModel {
  const plain = id.startsWith('arn:') ? TELLING_ARN.exec(id)?.[1] : id;
  const geography = GEOGRAPHY.exec(plain ?? '')?.[1];
  return {
    name: plain === undefined ? undefined : nameIn(plain),
    isRegional: provider === 'bedrock' && geography !== 'global',
  };
}

function nameIn(id: string): string {
  const name = id.replace(GEOGRAPHY, '').replace(MAKER, '');
  return NAME_WITH_VERSION.exec(name)?.[1] ?? name.replace(SUFFIX, '');
}
