declare const ENETC_VERSION: string | undefined;

/** The package's version: put in by the build, absent if the sources run as they are. */
export const version: string = typeof ENETC_VERSION === 'string' ? ENETC_VERSION : 'from source';
