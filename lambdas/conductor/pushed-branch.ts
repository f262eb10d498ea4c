import type { Push } from '../../src/domain/push.ts';
import type { CodeCommitEvent, GitPushEvent } from './schema.ts';

const NO_COMMIT = /^0+$/;

/** The push that an event tells of; undefined for tags, deletions and whatever else happens to a repository. */
export function pushOf(event: GitPushEvent | CodeCommitEvent): Push | undefined {
  return event.source === 'hivemind.git' ? fromGit(event) : fromCodeCommit(event);
}

function fromGit({ id, time, detail }: GitPushEvent): Push | undefined {
  const branch = branchOf(detail.ref);
  if (branch === undefined || NO_COMMIT.test(detail.commit)) return undefined;
  return {
    eventId: detail.delivery ?? id,
    at: new Date(time).toISOString(),
    repository: detail.repository,
    branch,
    defaultBranch: detail.defaultBranch === undefined ? undefined : branchOf(detail.defaultBranch),
    commit: detail.commit.toLowerCase(),
    pusher: detail.pusher,
  };
}

function branchOf(ref: string): string | undefined {
  if (!ref.startsWith('refs/')) return ref;
  return ref.startsWith('refs/heads/') ? ref.slice('refs/heads/'.length) : undefined;
}

function fromCodeCommit({ id, time, region, detail }: CodeCommitEvent): Push | undefined {
  const { event, repositoryName, referenceType, referenceName, commitId, callerUserArn } = detail;
  const moved = event === 'referenceCreated' || event === 'referenceUpdated';
  if (!moved || referenceType !== 'branch' || referenceName === undefined || commitId === undefined) {
    return undefined;
  }
  return {
    eventId: id,
    at: new Date(time).toISOString(),
    repository: `https://git-codecommit.${region}.amazonaws.com/v1/repos/${repositoryName}`,
    branch: referenceName,
    commit: commitId.toLowerCase(),
    pusher: callerUserArn.split('/').at(-1) ?? callerUserArn,
  };
}
