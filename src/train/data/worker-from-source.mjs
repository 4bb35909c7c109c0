// Runs worker.ts where the program runs from source: a thread does not inherit the loader of TypeScript from its parent.
import { register } from 'tsx/esm/api';

register();
await import('./worker.ts');
