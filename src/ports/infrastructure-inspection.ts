/** How the infrastructure of a deployment is configured, as the platform itself tells. A part that does not exist is null. */
export interface InfrastructureObservation {
  readonly network: {
    /** Rules that let the whole internet in, apart from the listeners of the load balancer. */
    readonly openIngress: readonly {
      readonly group: string;
      readonly ports: string;
      readonly source: string;
    }[];
    /** Whether some security group lets anybody in on port 22. */
    readonly sshOpen: boolean;
    readonly flowLogs: boolean;
  } | null;
  readonly loadBalancer: {
    readonly listeners: readonly {
      readonly port: number;
      readonly protocol: string;
      readonly tlsPolicy: string | null;
    }[];
    readonly dropsInvalidHeaders: boolean;
    readonly deletionProtection: boolean;
    readonly accessLogs: boolean;
  } | null;
  readonly instances: {
    readonly ids: readonly string[];
    /** Security groups that they carry. */
    readonly securityGroups: readonly string[];
    /** Instances that still answer the metadata protocol without a session token. */
    readonly withoutImdsV2: readonly string[];
    readonly withUnencryptedVolume: readonly string[];
    /** Instances that Systems Manager does not reach. */
    readonly unmanaged: readonly string[];
  } | null;
  readonly database: {
    readonly publiclyAccessible: boolean;
    readonly encrypted: boolean;
    readonly deletionProtection: boolean;
    readonly backupRetentionDays: number;
    /** Security groups and addresses that may connect. */
    readonly reachableFrom: readonly string[];
  } | null;
}

/** Looks at the infrastructure of a deployment the way an auditor would: at what is there, not at what was asked for. */
export interface InfrastructureInspection {
  /** @returns undefined where the platform has no infrastructure of its own to look at */
  observe(deploymentId: string): Promise<InfrastructureObservation | undefined>;
}
