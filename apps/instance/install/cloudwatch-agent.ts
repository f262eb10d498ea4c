import { writeFile } from 'node:fs/promises';
import { INSTANCE_METRICS_NAMESPACE } from '../../../src/contracts/instance-program.ts';
import { external, succeeds } from '../external-program.ts';
import { COMMAND_LOG, logOf, PLACES } from '../places.ts';
import { unitOf } from '../systemd/units.ts';
import type { BootFacts } from './parameters.ts';

const INSTALL_TIMEOUT_SECONDS = 180;

/** Ships logs, memory and disk metrics, and traces on request. The application runs without it: a failure is a warning. */
export async function setUpAgent(facts: BootFacts): Promise<void> {
  try {
    await writeFile(PLACES.agentConfiguration, JSON.stringify(agentConfiguration(facts), null, 2));
    if (!(await succeeds(PLACES.agentControl, ['-m', 'ec2', '-a', 'status']))) {
      const packages = ['install', '--assumeyes', 'amazon-cloudwatch-agent'];
      await external('dnf', packages, { timeoutSeconds: INSTALL_TIMEOUT_SECONDS });
    }
    const source = `file:${PLACES.agentConfiguration}`;
    await external(PLACES.agentControl, ['-m', 'ec2', '-a', 'fetch-config', '-s', '-c', source]);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    console.error(`warning: no logs and metrics are shipped from this instance: ${reason}`);
  }
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch-Agent-Configuration-File-Details.html */
export function agentConfiguration(facts: BootFacts): unknown {
  const dimensions = { AutoScalingGroupName: facts.STACK, InstanceId: facts.instanceId };
  const files = [
    ...facts.PROCESSES.map(({ name }) => logOf(unitOf(name))),
    COMMAND_LOG,
    `${PLACES.logs}/boot.log`,
  ];
  return {
    agent: { metrics_collection_interval: 60, omit_hostname: true },
    logs: {
      logs_collected: {
        files: {
          collect_list: files.map((file) => ({
            file_path: file,
            log_group_name: facts.LOG_GROUP,
            log_stream_name: `${facts.DEPLOYMENT}/instance/${facts.instanceId}`,
          })),
        },
      },
    },
    metrics: {
      namespace: INSTANCE_METRICS_NAMESPACE,
      metrics_collected: {
        mem: { measurement: ['mem_used_percent', 'mem_used'], append_dimensions: dimensions },
        disk: {
          measurement: ['used_percent'],
          resources: ['/'],
          drop_device: true,
          append_dimensions: dimensions,
        },
      },
      aggregation_dimensions: [['AutoScalingGroupName'], ['AutoScalingGroupName', 'InstanceId']],
    },
    ...(facts.XRAY && { traces: TRACES }),
  };
}

const TRACES = {
  traces_collected: { otlp: { grpc_endpoint: '127.0.0.1:4317', http_endpoint: '127.0.0.1:4318' } },
};
