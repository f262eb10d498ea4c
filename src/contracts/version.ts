import manifest from '../../package.json' with { type: 'json' };

/** Version of this HiveMind. */
export const VERSION: string = manifest.version;
