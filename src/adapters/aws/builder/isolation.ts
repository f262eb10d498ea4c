import type { Builder } from '../../../ports/builder.ts';

/** How builds are kept apart, for whoever does not build. */
export const describeIsolation: Builder['isolation'] = async () => ({
  sandboxed: true,
  how: 'a container of CodeBuild for each build, whose role may write the log of builds and nothing else; commands run as a user without rights; source and result go through addresses that end after an hour; the network is open',
});
