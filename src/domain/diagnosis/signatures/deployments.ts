import type { Topic } from '../signature.ts';

export const DEPLOYMENTS: Topic = {
  tool: 'CodeDeploy, Elastic Beanstalk and ECS',
  signatures: [
    {
      cause: 'source_file_missing',
      confidence: 0.92,
      rank: 'root',
      patterns: [
        /No such file or directory @ \w{1,40} - (?:\/\S{1,120})?\/deployment-archive\/(?<file>\S{1,200})/i,
        /Script does not exist at specified location: (?:\S{0,200}\/deployment-archive\/)?(?<file>\S{1,200})/i,
        /did not find an AppSpec file within the unpacked revision directory at revision-relative path "(?<file>[^"\n]{1,120})"/i,
      ],
    },
    {
      cause: 'start_entry_missing',
      confidence: 0.9,
      rank: 'root',
      phases: ['deploy', 'verify', 'monitor'],
      // What Elastic Beanstalk starts when nothing else is said.
      patterns: [
        /\bweb(?:\[\d{1,10}\])?: \/bin\/(?:ba)?sh: (?:line \d{1,5}: )?(?<path>(?:bin\/)?application): (?:command )?not found/i,
      ],
    },
    {
      cause: 'image_not_found',
      confidence: 0.94,
      rank: 'root',
      patterns: [
        // ECR answers so for a tag that is not there, too.
        /failed to resolve ref(?:erence)? "?(?<image>[\w.-]{1,120}\.dkr\.ecr\.[^\s"]{1,300}?)"?: unexpected status from HEAD request to https?:\/\/\S{1,200}\/manifests\/\S{1,200}: 40[34]/i,
        /unexpected status from HEAD request to https?:\/\/\S{1,200}\/manifests\/\S{1,200}: 404/i,
      ],
    },
    {
      cause: 'parameter_invalid',
      confidence: 0.9,
      rank: 'root',
      phases: ['provision', 'deploy'],
      patterns: [
        /Invalid option (?:specification|value: '[^'\n]{0,120}') \(Namespace: '[^'\n]{1,100}', OptionName: ' ?(?<name>[\w.-]{1,100})'\)/i,
        /No Solution Stack named '(?<value>[^'\n]{1,160})' found/i,
      ],
    },
    {
      cause: 'stack_busy',
      confidence: 0.93,
      rank: 'root',
      patterns: [
        /Environment named (?<stack>[\w-]{1,60}) is in an invalid state for this operation\. Must be Ready/i,
        /Cannot update environment '?(?<stack>[\w-]{1,60})'?[^\n]{0,60}(?:not in|must be in)[^\n]{0,20} Ready/i,
      ],
    },
    {
      cause: 'resource_already_exists',
      confidence: 0.93,
      rank: 'root',
      phases: ['provision', 'deploy'],
      patterns: [/Creation of service was not idempotent/i],
    },
    {
      cause: 'delete_blocked_by_dependency',
      confidence: 0.95,
      rank: 'root',
      phases: ['cleanup', 'provision'],
      details: [/group (?<resource>[\w.-]{1,100}), so the group/],
      patterns: [
        /are still members of this (?:parameter|security|subnet|option|replication) group/i,
        /\b(?:InvalidDB(?:Cluster)?ParameterGroupState|InvalidCacheParameterGroupState|CacheSubnetGroupInUse|SubnetGroupInUseFault|InvalidOptionGroupState(?:Fault)?)\b/,
        /\bCluster(?:Contains(?:Services|ContainerInstances|Tasks|CapacityProvider))Exception\b|The Cluster cannot be deleted while (?:Services|Container Instances|Tasks) are active/i,
        /still (?:contains|has) (?:DB|cluster|cache) (?:instances|nodes)|still has (?:member clusters|attached (?:policies|instances|volumes))/i,
      ],
    },
  ],
};
