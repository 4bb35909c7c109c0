/** Installing cannot go on, for a reason that the user can do something about. The message says what. */
export class InstallError extends Error {}
