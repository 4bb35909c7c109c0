/** How several processes of PyTorch may share the work; a single one shares nothing. */
export const parallelNames = ['none', 'ddp', 'fsdp', 'pipeline'] as const;
