import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { asked } from '../aws-failure.ts';
import type { BuildBucket } from './build-record.ts';

/** A build waits in a queue, runs for a quarter of an hour and uploads. */
const VALID_SECONDS = 3_600;

/** An address that admits whoever has it to read one object. */
export const addressToRead = ({ s3, bucket }: BuildBucket, key: string): Promise<string> =>
  asked(
    getSignedUrl(s3, new GetObjectCommand({ Bucket: bucket, Key: key }), { expiresIn: VALID_SECONDS }),
    'make an address to read from',
  );

/** An address that admits whoever has it to write one object. */
export async function addressToWrite({ s3, bucket }: BuildBucket, key: string): Promise<string> {
  const put = new PutObjectCommand({ Bucket: bucket, Key: key });
  withoutChecksum(put);
  return asked(getSignedUrl(s3, put, { expiresIn: VALID_SECONDS }), 'make an address for a build');
}

/** The SDK would sign the checksum of the body it has, which is none: S3 would then take nothing but an empty object. */
function withoutChecksum(command: PutObjectCommand): void {
  command.middlewareStack.add(
    (next) => (args) => {
      const { request } = args as { readonly request: { readonly headers: Record<string, string> } };
      for (const name of Object.keys(request.headers)) {
        if (/^x-amz-(?:checksum-|sdk-checksum-)/.test(name)) delete request.headers[name];
      }
      return next(args);
    },
    { step: 'finalizeRequest', priority: 'high', name: 'withoutChecksum' },
  );
}
