// Runs trial-worker.ts where the program runs from source: a child process does not inherit the loader of TypeScript.
import { register } from 'tsx/esm/api';

register();
await import('./trial-worker.ts');
