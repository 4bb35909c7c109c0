/** Installing cannot continue, for a reason that the user can fix. The message says how. */
export class InstallError extends Error {}
