/**
 * Token of the build of a deployment: whoever knows the digest of the stage `build` can look for it, or stop it.
 * @param digest of the stage's inputs
 */
export const buildToken = (deploymentId: string, digest: string): string =>
  `${deploymentId}-${digest.slice(0, 12)}`;
