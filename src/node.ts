/** What needs Node: the host over its file system. */
export { nodeHost } from './cli/node-host.ts';
export * from './index.ts';
