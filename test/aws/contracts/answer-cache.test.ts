import { describe } from '@jest/globals';
import { awsAnswerCache } from '../../../src/adapters/aws/answer-cache.ts';
import { answerCacheContract } from '../../contracts/answer-cache.contract.ts';
import { stillClock } from '../../fixtures/still-clock.ts';
import { openStore, TABLE } from '../store-table.ts';

describe('answer cache in DynamoDB', () => {
  answerCacheContract(async () => {
    const clock = stillClock();
    const { client } = await openStore();
    return { cache: awsAnswerCache({ client, table: TABLE, clock }), advance: clock.advance };
  });
});
