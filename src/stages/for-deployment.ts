/** Does work for one deployment: whoever keeps a log names it in every line meanwhile. */
export type ForDeployment = <Result>(deploymentId: string, work: () => Promise<Result>) => Promise<Result>;
