/** What keeps a run from starting or going on, said for people: what is wrong and what to do. */
export class RunError extends Error {}
