import type { EC2Client } from '@aws-sdk/client-ec2';
import { instanceReleaseShape } from '../../../contracts/instance-release.ts';
import type { InstanceRelease } from '../../../domain/instance-release.ts';
import type { Patience } from '../../../ports/stack-engine.ts';
import { type ArtifactBucket, archiveKey } from '../artifact-store/bucket.ts';
import { addressToRead } from '../builder/presign.ts';
import { requireMembers } from './fleet.ts';
import {
  callInstances,
  DELIVERY_SECONDS,
  type InstanceChannel,
  requireAnswer,
} from './instance-program-call.ts';

/** What reaches instances, and where the artifacts are that they are given. */
export interface InstallingChannel extends InstanceChannel {
  readonly ec2: EC2Client;
  readonly artifacts: ArtifactBucket;
}

/**
 * The instance knows what it was told to install: a call that comes while it is at it joins, and one that comes afterwards is told how it
 * went. It is given an address for this one artifact, because its role may read no other than its first.
 */
export async function installOnInstance(
  channel: InstallingChannel,
  instanceId: string,
  release: InstanceRelease,
  { patienceSeconds, signal }: Patience,
): Promise<boolean> {
  await requireMembers(channel.ec2, [instanceId]);
  const address = await addressToRead(channel.artifacts, archiveKey(release.artifact));
  const payload = { release: instanceReleaseShape.parse(release), address };
  const replies = await callInstances(channel, 'install', [instanceId], payload, {
    patienceSeconds: patienceSeconds + DELIVERY_SECONDS,
    ...(signal && { signal }),
  });
  const reply = replies.get(instanceId);
  return reply?.kind !== 'silent' && requireAnswer('install', instanceId, reply).finished;
}
