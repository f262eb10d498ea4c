import type { Topic } from '../signature.ts';

export const BACKING_SERVICES: Topic = {
  tool: 'clients of Redis, RabbitMQ, Kafka and others',
  signatures: [
    {
      cause: 'backing_service_refused',
      confidence: 0.95,
      rank: 'root',
      params: { service: 'redis' },
      patterns: [
        /ECONNREFUSED [^\s]{0,100}:(?<port>63(?:79|80))\b/i,
        /Redis connection to [^\n]{1,120} failed/i,
        /Error (?:111|61|-2|-3|10061|110)[^\n]{0,20} connecting to [\w.-]{1,100}:(?<port>\d{2,5})/i,
        /(?:Redis|Valkey)::(?:CannotConnectError|TimeoutError|ConnectionError)|redis\.exceptions\.(?:ConnectionError|TimeoutError)/i,
        /MaxRetriesPerRequestError|Error connecting to Redis on \S{1,120} \((?:Errno::)?ECONNREFUSED\)/,
        /(?:could not|unable to|failed to|can't|cannot) connect to (?:the )?redis/i,
        /(?:ENOTFOUND|EAI_AGAIN) (?:[\w-]{0,60}[-_.])?(?:redis|valkey|cache|elasticache)\b/i,
        /\[ioredis\] Unhandled error event|RedisConnectionException|RedisConnectionFailureException|JedisConnectionException/i,
        /:(?<port>6379)[^\n]{0,80}(?:connection refused|timed out|i\/o timeout|no such host)/i,
        /(?:connection refused|timed out)[^\n]{0,80}:(?<port>6379)\b/i,
        /Redis[^\n]{0,40}(?:went away|Connection refused|not (?:available|running|reachable))/i,
      ],
    },
    {
      cause: 'backing_service_refused',
      confidence: 0.94,
      rank: 'root',
      params: { service: 'rabbitmq' },
      details: [/amqps?:\/\/[^\s/]{1,160}:(?<port>\d{4,5})\b/i],
      patterns: [
        /consumer: Cannot connect to amqp/i,
        /(?:could not|unable to|failed to|can't|cannot) connect to (?:the )?(?:rabbitmq|amqp)\b/i,
      ],
    },
    {
      cause: 'backing_service_refused',
      confidence: 0.93,
      rank: 'root',
      patterns: [
        /(?:ECONNREFUSED|ETIMEDOUT) [^\s]{0,100}:(?<port>5672|5671|15672|9092|9093|9200|9300|11211|2181|4222|8086|8123|7700|1025|587|465|25|1883|8500|7687|9042|9000|8983|6333|19530|2379)\b/i,
        /:(?<port>5672|9092|9200|11211|2181|4222|9042|2379)(?: failed)?: (?:connect: )?connection refused/i,
        /(?:ECONNREFUSED|connection refused)[^\n]{0,100}\bport (?<port>5672|5671|9092|9200|11211|2181|4222|9042|2379|1025|587|25)\b/i,
        /NoHostAvailable\b[^\n]{0,120}(?:Unable to connect|ConnectionRefused|:(?<port>9042))/,
        /Dalli::RingError|memcached?[^\n]{0,40}No server available/i,
        /KafkaJS(?:ConnectionError|NumberOfRetriesExceeded)|Broker may not be available|NoBrokersAvailable/i,
        /(?:rabbitmq|amqp|kafka|elasticsearch|opensearch|memcached|nats|zookeeper|minio|meilisearch|celery|mailhog|smtp|temporal|vault|consul)[^\n]{0,100}(?:ECONNREFUSED|connection refused|Connection refused|not reachable|unreachable|could not connect|ENOTFOUND|no living connections)/i,
        /(?:could not|unable to|failed to|can't|cannot) connect to (?:the )?(?<service>kafka|elasticsearch|opensearch|memcached|nats|zookeeper|minio|meilisearch|smtp|mail)/i,
        /No Living connections|NoNodeAvailable|NoNodesAvailable|ClusterBlockException|AMQPConnectionError|ACCESS_REFUSED - Login was refused/i,
        /consumer: Cannot connect to redis/i,
        /kombu\.exceptions\.OperationalError/,
      ],
    },
  ],
};
