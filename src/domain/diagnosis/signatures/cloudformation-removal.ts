import type { Topic } from '../signature.ts';

export const CLOUDFORMATION_REMOVAL: Topic = {
  tool: 'CloudFormation and the services it deletes from',
  signatures: [
    {
      cause: 'delete_blocked_by_dependency',
      confidence: 0.94,
      rank: 'root',
      patterns: [
        /The \w{1,30}(?: \w{1,20})? '(?<resource>[\w-]{3,80})' has (?:dependencies and cannot be deleted|a dependent object)/i,
        /resource (?<resource>(?:sg|subnet|vpc|igw|eni|rtb|acl)-\w{1,40}) has a dependent object/i,
        /\bDependencyViolation\b/,
        /(?:Network )?[Ii]nterface:? \[?'?(?<resource>eni-\w{1,40})[^\n]{0,60}(?:in use|currently in use)/,
        /(?:currently in use|is (?:still )?in use|is being used|being used) by (?:a |an |another |the )?[^\n]{0,160}/i,
        /Export (?<resource>\S{1,200}) cannot be (?:deleted|updated|removed) as it is in use by/i,
        /(?:DeleteConflict|ResourceInUse|InvalidDBSubnetGroupStateFault|InvalidVpcState|HostedZoneNotEmpty|OperationNotPermitted: Load balancer[^\n]{0,40}VPC endpoint)/,
        /Cannot delete (?:entity|a policy|the subnet group|cache subnet group)[^\n]{0,120}(?:must|because|while)/i,
        /must (?:detach|remove|delete)[^\n]{0,80} (?:first|before)/i,
        /has some mapped public address/i,
        /cannot be (?:deleted|detached)[^\n]{0,60}(?:because|while|since) (?:it|there)[^\n]{0,60}(?:in use|attached|associated|depend|active)/i,
        /DELETE_FAILED[^\n]{0,200}(?:in use|dependenc|dependent|attached)/i,
        /Lambda was unable to delete [^\n]{0,80}replicated function/i,
      ],
      phases: ['cleanup', 'provision'],
      excludes: /port is already|address already in use|BucketNotEmpty|deletion protection/i,
    },
    {
      cause: 'resource_not_empty',
      confidence: 0.96,
      rank: 'root',
      details: [
        /"PhysicalResourceId": "(?<bucket>[\w.-]{3,63})"[\s\S]{0,400}not empty/,
        /failed to delete: \[(?<logicalId>\w{1,120})\]/,
      ],
      patterns: [
        /bucket (?:\S{1,80} )?(?:you tried to delete )?is not empty/i,
        /\bBucketNotEmpty\b/,
        /RepositoryNotEmpty(?:Exception)?/,
        /repository (?:with name )?'?(?<repository>[\w./-]{1,160})'? [^\n]{0,80}(?:cannot be deleted because it (?:still )?contains images|is not empty)/i,
        /still contains (?:objects|images|versions|recovery points)/i,
        /must delete all versions in the bucket/i,
        /(?:namespace|vault|hosted zone|bucket|repository)[^\n]{0,80} (?:is )?not empty/i,
        /HostedZoneNotEmpty/,
      ],
    },
    {
      cause: 'deletion_protection_enabled',
      confidence: 0.96,
      rank: 'root',
      details: [/:(?<resource>loadbalancer|db|cluster|table)[/:]/],
      patterns: [
        /(?:because |since )?deletion protection is (?:enabled|on|turned on)/i,
        /Cannot delete protected (?:DB Instance|Cluster|DB Cluster)/i,
        /TerminationProtection is enabled|termination protection (?:is )?enabled/i,
        /disableApiTermination/i,
        /deletion[_ ]?protection[^\n]{0,60}(?:enabled|turn off|disable|active)/i,
        /Disable deletion protection/i,
        /protected from (?:deletion|accidental)/i,
        /cannot be deleted while TerminationProtection/i,
      ],
    },
  ],
};
