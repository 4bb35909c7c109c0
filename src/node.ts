/** What needs Node: the host over its file system. */

export * from './index.ts';
export { nodeHost } from './node/host.ts';
