import type { SourceRepository } from '../../ports/source-repository.ts';
import { checkoutSource } from './source-repository/checkout.ts';
import { openSource } from './source-repository/open.ts';
import { type ResolveOptions, resolveSource } from './source-repository/resolve.ts';
import { removeUnlessShared } from './source-repository/stored-source.ts';

export type AwsSourceRepositoryOptions = ResolveOptions;

/**
 * Fetches with a git in JavaScript, because a Lambda has no other, and keeps the files as archives in a bucket. Nothing that a
 * repository contains is run, and no file of it is written but by `checkout`.
 */
export const awsSourceRepository = (options: AwsSourceRepositoryOptions): SourceRepository => ({
  resolve: (source, signal) => resolveSource(options, source, signal),
  open: (source) => openSource(options, source),
  checkout: (source, directory, signal) => checkoutSource(options, source, directory, signal),
  forget: (source) => removeUnlessShared(options, source),
});
