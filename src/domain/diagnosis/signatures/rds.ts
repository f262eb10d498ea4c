import type { Topic } from '../signature.ts';

export const RDS: Topic = {
  tool: 'RDS',
  signatures: [
    {
      cause: 'rds_invalid_password',
      confidence: 0.97,
      rank: 'root',
      patterns: [
        /MasterUserPassword[^\n]{0,40}(?:is not a valid password|is not valid|must|is invalid|cannot)/i,
        /Only printable ASCII characters besides/i,
        /master (?:user )?password[^\n]{0,60}(?:must|shorter|longer|at least|invalid|contain)/i,
      ],
    },
    {
      cause: 'rds_invalid_password',
      confidence: 0.9,
      only: ['provision'],
      patterns: [/password[^\n]{0,40}(?:is shorter than|must be (?:at least|between)) 8[^\n]{0,40}/i],
    },
    {
      cause: 'rds_engine_version_unavailable',
      confidence: 0.96,
      rank: 'root',
      params: { field: 'engineVersion' },
      patterns: [
        /Cannot find version (?<got>[\d.\w-]{1,40}) for (?<engine>[\w-]{1,30})/i,
        /Cannot (?:upgrade|modify|downgrade)[^\n]{0,80} from [\d.\w-]{1,30} to (?<got>[\d.\w-]{1,30})/i,
        /Invalid DB engine(?: version)?|RDS does not support[^\n]{0,60}EngineVersion(?!=[^\n]{0,80}DBInstanceClass)/i,
        /No default (?:version|engine)[^\n]{0,40}for engine/i,
        /no (?:upgrade|valid upgrade) path|The (?:DB |cluster )?parameter group\b[^\n]{0,80}(?:cannot be used|family)/i,
      ],
      excludes: /DBInstanceClass=|Node\.js|rustc|node version|python/i,
    },
    {
      cause: 'rds_engine_version_unavailable',
      confidence: 0.92,
      rank: 'root',
      params: { field: 'engineVersion' },
      requires: /\bRDS\b|\brds[:.]|Aurora|DBInstance|DBCluster|EngineVersion|DB (?:engine|instance|cluster)/i,
      excludes: /DBInstanceClass=/,
      patterns: [
        /(?:engine )?version (?<got>\d[\d.\w-]{0,30}) (?:is )?(?:not (?:available|supported|offered|found)|deprecated|no longer)[^\n]{0,60}/i,
      ],
    },
    {
      cause: 'rds_class_unsupported',
      confidence: 0.96,
      rank: 'root',
      params: { field: 'instanceClass' },
      details: [/DBInstanceClass=(?<got>db\.[\w.]{2,30})/, /(?<got>db\.[a-z]\w{1,10}\.\w{2,20})/],
      patterns: [
        /RDS does not support creating a DB instance with the following combination/i,
        /combination:? DBInstanceClass=/i,
        /DB [Ii]nstance class[^\n]{0,80}(?:not (?:supported|available|valid)|does not support|isn't)/i,
        /(?:Instance class|class) (?<got>db\.[\w.]{2,30})[^\n]{0,60}not (?:supported|available)/i,
        /requested DB instance class[^\n]{0,40} (?:is not|isn't) (?:supported|available|valid)/i,
        /requested instance class (?:is not|isn't) (?:supported|available|valid)[^\n]{0,80}\bdb\./i,
        /Invalid DB Instance class/i,
        /(?<got>db\.[\w.]{2,30})[^\n]{0,60}(?:is not supported|not available|does not support)/i,
        /DB Instance class (?<got>db\.[\w.]{2,30}) does not support encryption/i,
      ],
    },
  ],
};
