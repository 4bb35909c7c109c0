import { type LackedForm, overPaddedPool } from '../lacked-form.ts';

/** What PyTorch has no result for, or no module. */
export const lackedForms: readonly LackedForm[] = [overPaddedPool];
