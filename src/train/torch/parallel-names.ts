/** How several processes of PyTorch may share the work; alone there is nothing to share. */
export const parallelNames = ['none', 'ddp', 'fsdp', 'pipeline'] as const;
